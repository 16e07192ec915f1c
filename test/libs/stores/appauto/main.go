// Command appauto has Redis commands of many callers sent together, which the
// client can since v9.22. It knows nothing of tracing.
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"

	"github.com/redis/go-redis/v9"
)

func main() {
	c := redis.NewClient(&redis.Options{Addr: os.Args[1]})
	defer c.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		auto, err := c.AutoPipeline() // the first one to ask starts it
		if err == nil {
			err = auto.Incr(r.Context(), "count").Err()
		}
		fmt.Fprint(w, err)
	}))
	defer server.Close()
	var wg sync.WaitGroup
	for i := 0; i < 20; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if r, err := http.Get(server.URL); err == nil {
				r.Body.Close()
			}
		}()
	}
	wg.Wait()
	ctx := context.Background()
	fmt.Println(c.Get(ctx, "count").Val())

	async, err := c.AsyncAutoPipeline()
	if err != nil {
		fmt.Println(err)
		return
	}
	var cmds []redis.Cmder
	for i := 0; i < 50; i++ {
		cmds = append(cmds, async.Get(ctx, "none"), async.LPop(ctx, "count"))
	}
	seen := map[string]int{}
	for _, cmd := range cmds {
		seen[cmd.Err().Error()]++ // waits
	}
	fmt.Println(seen)
}

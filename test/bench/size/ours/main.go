// Ours is plain with a span around each request, as ddinstrument writes it.
package main

import (
	"fmt"
	"net/http"
	"os"
	"runtime"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

var site = tracer.Site{Name: "http.request", Type: "web"}

func main() {
	if len(os.Args) > 1 {
		fmt.Println(runtime.NumGoroutine())
		return
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		_, c := site.Enter(r.Context())
		defer c.ExitNone()
		fmt.Fprintln(w, "rye")
	})
	http.ListenAndServe("127.0.0.1:8080", nil)
}

// Command app serves and sends requests in the way that its argument says, and
// prints what it sees of them. It knows nothing of tracing.
package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
)

var scenes = map[string]func(){
	"serve": serve, "nested": nested, "rewritten": rewritten, "bare": bare,
	"interfaces": interfaces, "http2": http2, "unencrypted2": unencrypted2,
	"proxy": proxy, "limits": limits, "taken": taken, "websocket": webSocket, "raw": raw,
	"client": client, "failing": failing, "redirect": redirect, "copies": copies, "cancel": cancel,
	"chain": chain, "bodies": bodies, "urls": urls, "handed": handed, "conn": conn, "tagged": tagged, "foreign": foreign,
	"many": many, "foreign2": foreign2, "inside": inside, "plainmux": plainMux,
}

func main() {
	scene := scenes[os.Args[1]]
	if scene == nil {
		fmt.Println("there is no scene", os.Args[1])
		os.Exit(2)
	}
	scene()
}

// start starts a server whose address is not shown.
func start(h http.Handler) *httptest.Server { return httptest.NewServer(h) }

// get sends a request and prints what comes.
func get(c *http.Client, url string) {
	resp, err := c.Get(url)
	show(resp, err)
}

func show(resp *http.Response, err error) {
	if err != nil {
		fmt.Println("error:", hide(err.Error()))
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(resp.Proto, resp.Status, hide(string(body)), err)
}

// hide takes out ports, which differ from run to run.
func hide(s string) string {
	for {
		i := strings.Index(s, "127.0.0.1:")
		if i < 0 {
			return strings.TrimSpace(s)
		}
		end := i + len("127.0.0.1:")
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		s = s[:i] + "HOST" + s[end:]
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func say(format string, args ...any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, format, args...) }
}

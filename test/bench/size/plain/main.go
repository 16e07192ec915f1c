// Plain serves requests and traces nothing: what the programs beside it are compared with.
package main

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
)

func main() {
	if len(os.Args) > 1 { // the bench looks at how it begins
		fmt.Println(runtime.NumGoroutine())
		return
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "rye") })
	http.ListenAndServe("127.0.0.1:8080", nil)
}

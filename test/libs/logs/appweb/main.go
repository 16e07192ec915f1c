// Command appweb logs while it serves requests. Nothing in it is about tracing.
package main

import (
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Print("command ", os.Getenv("TRACEPARENT") != "", "\n")
		return
	}
	l := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	log.SetFlags(0)
	log.SetOutput(os.Stdout)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /things/{id}", func(w http.ResponseWriter, r *http.Request) {
		l.InfoContext(r.Context(), "by context", "id", r.PathValue("id"))
		l.Info("without")
		log.Print("by log")
		done := make(chan bool)
		go func() {
			defer close(done)
			l.WithGroup("g").InfoContext(r.Context(), "in a goroutine", "a", 1)
		}()
		<-done
		out, err := exec.Command(os.Args[0], "command").Output()
		io.WriteString(w, string(out))
		if err != nil {
			fmt.Println(err)
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	l.Info("before")
	resp, err := http.Get(server.URL + "/things/7")
	if err != nil {
		log.Fatal(err)
	}
	io.Copy(os.Stdout, resp.Body)
	resp.Body.Close()
	l.Info("after")
}

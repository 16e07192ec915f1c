package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// serve asks a ServeMux for all kinds of answers.
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) { work(r.Context(), r.PathValue("id")) })
	mux.HandleFunc("POST /users", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusCreated) })
	mux.HandleFunc("/files/{path...}", say("a file"))
	mux.HandleFunc("/broken", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", http.StatusInternalServerError) })
	mux.HandleFunc("/early", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusTeapot)
	})
	mux.HandleFunc("/panics", func(w http.ResponseWriter, r *http.Request) { panic("out of bread") })
	mux.HandleFunc("/panics/late", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		panic(fmt.Errorf("out of cheese"))
	})
	mux.HandleFunc("/aborts/early", func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) })
	mux.HandleFunc("/aborts", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		panic(http.ErrAbortHandler)
	})
	s := httptest.NewUnstartedServer(mux)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	defer s.Close()
	for _, path := range []string{"/users/7", "/files/a/b", "/broken", "/early", "/panics", "/panics/late", "/aborts", "/aborts/early", "/none", "/users"} {
		get(s.Client(), s.URL+path)
	}
	resp, err := s.Client().Post(s.URL+"/users", "text/plain", nil)
	show(resp, err)
}

// work is a function that the test traces.
func work(ctx context.Context, id string) string { return id }

// nested has routers below routers, and prefixes stripped on the way.
func nested() {
	users := http.NewServeMux()
	users.HandleFunc("GET /{id}", say("user"))
	users.HandleFunc("/{$}", say("all"))
	v1 := http.NewServeMux()
	v1.Handle("/users/", http.StripPrefix("/users", users))
	v1.HandleFunc("/v1/whole", say("whole"))
	api := http.NewServeMux()
	api.Handle("/api/v1/", http.StripPrefix("/api/v1", v1))
	api.Handle("/v1/", v1)
	api.HandleFunc("/t/{tenant}/", func(w http.ResponseWriter, r *http.Request) {
		http.StripPrefix("/t/"+r.PathValue("tenant"), v1).ServeHTTP(w, r)
	})
	api.Handle("/", http.StripPrefix("/plain", v1))
	s := start(api)
	defer s.Close()
	for _, path := range []string{"/api/v1/users/5", "/api/v1/users/", "/v1/whole", "/t/acme/users/6", "/plain/users/8", "/api/v1/none"} {
		get(s.Client(), s.URL+path)
	}
}

// rewritten has a handler before the router that looks at it first, and one that changes paths.
func rewritten() {
	mux := http.NewServeMux()
	mux.HandleFunc("/index", say("index"))
	mux.HandleFunc("/a%20b/{x}", say("spaces"))
	s := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.Handler(r)
		if r.URL.Path == "/" {
			r.URL.Path = "/index"
		}
		mux.ServeHTTP(w, r)
	}))
	defer s.Close()
	get(s.Client(), s.URL+"/")
	get(s.Client(), s.URL+"/a%20b/c%2Fd")
}

// bare serves without a router.
func bare() {
	s := start(say("hello"))
	defer s.Close()
	get(s.Client(), s.URL+"/some/path")
	req, _ := http.NewRequest("OPTIONS", s.URL, nil)
	req.URL.Opaque = "*"
	resp, err := s.Client().Do(req)
	show(resp, err)
}

// limits serves with time limits and limits of bodies.
func limits() {
	mux := http.NewServeMux()
	mux.Handle("/slow", http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	}), 20*time.Millisecond, "too slow"))
	inner := http.NewServeMux()
	inner.HandleFunc("/fast/{x}", say("in time"))
	mux.Handle("/fast/", http.TimeoutHandler(inner, time.Minute, ""))
	mux.Handle("/body", http.MaxBytesHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		}
	}), 3))
	s := start(mux)
	defer s.Close()
	get(s.Client(), s.URL+"/slow")
	get(s.Client(), s.URL+"/fast/car")
	resp, err := s.Client().Post(s.URL+"/body", "text/plain", strings.NewReader("too long"))
	show(resp, err)
}

// taken has handlers take connections over.
func taken() {
	s := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, rw, err := w.(http.Hijacker).Hijack()
		must(err)
		defer conn.Close()
		fmt.Fprintf(rw, "HTTP/1.1 299 taken\r\nContent-Length: 2\r\n\r\nok")
		rw.Flush()
	}))
	defer s.Close()
	send := func(text string) {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		must(err)
		defer conn.Close()
		io.WriteString(conn, text)
		line, err := bufio.NewReader(conn).ReadString('\n')
		fmt.Printf("%q %v\n", line, err)
	}
	send("GET /switch HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n")
	send("CONNECT db:5432 HTTP/1.1\r\nHost: db:5432\r\n\r\n")
	send("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n")
	time.Sleep(200 * time.Millisecond) // nobody waits for handlers that have taken connections over
}

// raw sends what clients of Go do not.
func raw() {
	mux := http.NewServeMux()
	mux.HandleFunc("/old", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Proto, " ", r.Host == "", " ", r.Body == nil)
	})
	mux.HandleFunc("/wait", func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%q %v", b, err)
	})
	s := start(mux)
	defer s.Close()
	for _, text := range []string{
		"GET /old HTTP/1.0\r\n\r\n",
		"POST /wait HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi",
		"GET http://user:secret@h/old HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
		"GET /old HTTP/1.1\r\n\r\n", // no Host: refused before any handler
		"OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		must(err)
		io.WriteString(conn, text)
		b, err := io.ReadAll(conn)
		lines := strings.Split(string(b), "\r\n")
		fmt.Printf("%q %q %v\n", lines[0], lines[len(lines)-1], err)
		conn.Close()
	}
}

// inside is a function that the test traces, with a server that begins in it, and requests that come from nowhere.
func inside() {
	s := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { work(context.Background(), "x") }))
	defer s.Close()
	for range 2 {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		must(err)
		io.WriteString(conn, "GET /alone HTTP/1.0\r\n\r\n")
		_, err = io.ReadAll(conn)
		must(err)
		conn.Close()
	}
	get(s.Client(), s.URL+"/within")
}

// plainMux has patterns that mean the same to an old ServeMux.
func plainMux() {
	mux := http.NewServeMux()
	mux.HandleFunc("/a/", say("below a"))
	mux.HandleFunc("/a/b", say("b"))
	s := start(mux)
	defer s.Close()
	for _, path := range []string{"/a/x", "/a/b", "/a", "/c", "//a/b"} {
		get(s.Client(), s.URL+path)
	}
}

// tagged sends headers that a proxy would.
func tagged() {
	s := start(say("ok"))
	defer s.Close()
	req, _ := http.NewRequest("GET", s.URL+"/", nil)
	req.Header.Set("X-Tenant", "acme")
	req.Header.Set("X-Forwarded-For", "10.0.0.1, 8.8.8.8")
	resp, err := s.Client().Do(req)
	show(resp, err)
}

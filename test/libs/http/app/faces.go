package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gorilla/websocket"
	xhttp2 "golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
)

// face prints what a handler finds.
func face(w http.ResponseWriter, r *http.Request) {
	_, flusher := w.(http.Flusher)
	_, hijacker := w.(http.Hijacker)
	_, from := w.(io.ReaderFrom)
	_, text := w.(io.StringWriter)
	_, pusher := w.(http.Pusher)
	_, server := r.Context().Value(http.ServerContextKey).(*http.Server)
	fmt.Fprintf(w, "%T %v %v %v %v %v %v %T", w, flusher, hijacker, from, text, pusher, server, r.Body)
}

func interfaces() {
	s := start(http.HandlerFunc(face))
	defer s.Close()
	get(s.Client(), s.URL)
	resp, err := s.Client().Head(s.URL)
	show(resp, err)
	w := httptest.NewRecorder()
	mux := http.NewServeMux()
	mux.HandleFunc("/rec/{x}", face)
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/rec/1", nil))
	fmt.Println(w.Code, w.Body)
}

func http2() {
	mux := http.NewServeMux()
	mux.HandleFunc("/face", face)
	mux.HandleFunc("/nothing/{x}", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("/broken", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	s := httptest.NewUnstartedServer(mux)
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	for _, path := range []string{"/face", "/nothing/1", "/broken"} {
		get(s.Client(), s.URL+path)
	}
}

// unencrypted2 is HTTP/2 without TLS.
func unencrypted2() {
	s := httptest.NewUnstartedServer(http.HandlerFunc(face))
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	defer s.Close()
	t := &http.Transport{Protocols: new(http.Protocols)}
	t.Protocols.SetUnencryptedHTTP2(true)
	get(&http.Client{Transport: t}, s.URL+"/a")
	get(&http.Client{Transport: t}, s.URL+"/b")
	t.CloseIdleConnections()
}

// foreign2 is HTTP/2 of another module: below a server of net/http, and all by itself.
func foreign2() {
	mux := http.NewServeMux()
	mux.HandleFunc("/face", face)
	mux.HandleFunc("/nothing/{x}", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("/broken", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	s := httptest.NewUnstartedServer(mux)
	must(xhttp2.ConfigureServer(s.Config, nil))
	s.TLS = s.Config.TLSConfig
	s.StartTLS()
	defer s.Close()
	t := s.Client().Transport.(*http.Transport).Clone()
	must(xhttp2.ConfigureTransport(t))
	for _, path := range []string{"/face", "/nothing/1", "/broken"} {
		get(&http.Client{Transport: t}, s.URL+path)
	}
	plain := start(h2c.NewHandler(mux, &xhttp2.Server{}))
	defer plain.Close()
	own := &xhttp2.Transport{AllowHTTP: true, DialTLSContext: func(ctx context.Context, network, addr string, _ *tls.Config) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}
	get(&http.Client{Transport: own}, plain.URL+"/face")
	own.CloseIdleConnections()
}

func proxy() {
	mux := http.NewServeMux()
	mux.HandleFunc("/back/{x}", say("from behind"))
	back := start(mux)
	defer back.Close()
	to, _ := url.Parse(back.URL)
	front := start(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.SetXForwarded()
	}})
	defer front.Close()
	get(front.Client(), front.URL+"/back/1")
}

// many has many goroutines send bodies through a proxy at a time.
func many() {
	mux := http.NewServeMux()
	mux.HandleFunc("/back/{x}", func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	back := start(mux)
	defer back.Close()
	to, _ := url.Parse(back.URL)
	front := start(httputil.NewSingleHostReverseProxy(to))
	defer front.Close()
	var wg sync.WaitGroup
	var wrong atomic.Int32
	for i := range 20 {
		wg.Go(func() {
			for j := range 25 {
				text := fmt.Sprint(i, " ", j)
				resp, err := front.Client().Post(fmt.Sprint(front.URL, "/back/", i), "text/plain", slow{strings.NewReader(text)})
				must(err)
				if b, err := io.ReadAll(resp.Body); string(b) != text || err != nil {
					wrong.Add(1)
				}
				resp.Body.Close()
			}
		})
	}
	wg.Wait()
	fmt.Println(wrong.Load())
}

func webSocket() {
	up := websocket.Upgrader{}
	s := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		kind, message, err := c.ReadMessage()
		must(err)
		must(c.WriteMessage(kind, append(message, '!')))
	}))
	defer s.Close()
	c, resp, err := websocket.DefaultDialer.Dial("ws"+s.URL[len("http"):]+"/talk", nil)
	must(err)
	fmt.Println(resp.StatusCode)
	must(c.WriteMessage(websocket.TextMessage, []byte("hi")))
	_, message, err := c.ReadMessage()
	fmt.Println(string(message), err)
	c.Close()
	get(s.Client(), s.URL+"/talk") // no WebSocket: 400
}

// handed has a handler that serves requests of its own making.
func handed() {
	inner := http.NewServeMux()
	inner.HandleFunc("/inner/{x}", say("inner"))
	mux := http.NewServeMux()
	mux.HandleFunc("/outer/{x}", func(w http.ResponseWriter, r *http.Request) {
		sub, _ := http.NewRequestWithContext(r.Context(), "GET", "/inner/1", nil)
		inner.ServeHTTP(w, sub)
		sub, _ = http.NewRequestWithContext(context.Background(), "GET", "/inner/2", nil)
		inner.ServeHTTP(w, sub)
	})
	s := start(mux)
	defer s.Close()
	get(s.Client(), s.URL+"/outer/1")
}

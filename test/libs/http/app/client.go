package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/http/httputil"
	"sort"
	"strings"
	"time"
)

// echoed answers with the names of the headers that came.
func echoed(w http.ResponseWriter, r *http.Request) {
	var names []string
	for name := range r.Header {
		if low := strings.ToLower(name); !strings.HasPrefix(low, "x-datadog-") && !strings.HasPrefix(low, "trace") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	fmt.Fprint(w, r.Method, " ", names)
}

// client looks at what is left of a request when it has been sent.
func client() {
	s := start(http.HandlerFunc(echoed))
	defer s.Close()
	req, _ := http.NewRequest("GET", s.URL+"/x", nil)
	req.Header.Set("X-Own", "1")
	before, header := *req, req.Header.Clone()
	resp, err := http.DefaultTransport.RoundTrip(req)
	must(err)
	fmt.Println(resp.Request == req, len(req.Header) == len(header), req.Context() == before.Context(), resp.Request.Header.Get("X-Datadog-Trace-Id") == "")
	show(resp, err)

	got := false
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { got = true }})
	req, _ = http.NewRequestWithContext(ctx, "", s.URL, strings.NewReader("body"))
	resp, err = http.DefaultClient.Do(req)
	show(resp, err)
	fmt.Println(got, resp.Request == req)

	req = &http.Request{URL: req.URL, Header: http.Header{}} // no body, no method
	resp, err = http.DefaultTransport.RoundTrip(req)
	show(resp, err)
	req = &http.Request{URL: req.URL}
	resp, err = http.DefaultTransport.RoundTrip(req)
	show(resp, err)
	_, err = http.DefaultTransport.RoundTrip(&http.Request{Header: http.Header{}})
	fmt.Println(err)
}

// failing has requests fail.
func failing() {
	s := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/404":
			http.NotFound(w, r)
		case "/500":
			w.WriteHeader(500)
		case "/hang":
			<-r.Context().Done()
		}
	}))
	defer s.Close()
	get(s.Client(), s.URL+"/404")
	get(s.Client(), s.URL+"/500")
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", s.URL+"/hang", nil)
	resp, err := s.Client().Do(req)
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	show(resp, err)
	_, err = s.Client().Get("nothing://x/y")
	fmt.Println(err)
	get(&http.Client{Transport: &http.Transport{DialContext: nil}}, "http://127.0.0.1:1/closed")
}

func redirect() {
	mux := http.NewServeMux()
	mux.Handle("/from", http.RedirectHandler("/to", http.StatusFound))
	mux.HandleFunc("/to", echoed)
	s := start(mux)
	defer s.Close()
	resp, err := s.Client().Get(s.URL + "/from")
	fmt.Println(resp.Request.URL.Path, resp.Request.Response.Request.URL.Path)
	show(resp, err)
}

// copies prints a request as it would be sent.
func copies() {
	req, _ := http.NewRequest("POST", "http://example.com/x", strings.NewReader("body"))
	b, err := httputil.DumpRequestOut(req, true)
	fmt.Printf("%q %v\n", b, err)
	b, _ = io.ReadAll(req.Body)
	fmt.Printf("%q\n", b)
}

// cancel cancels a request in the old way, by itself.
func cancel() {
	arrived := make(chan bool, 1)
	s := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- true
		<-r.Context().Done()
	}))
	defer s.Close()
	t := &http.Transport{}
	req, _ := http.NewRequest("GET", s.URL+"/hang", nil)
	go func() {
		<-arrived
		t.CancelRequest(req)
	}()
	_, err := t.RoundTrip(req)
	fmt.Println(err)
	c := &http.Client{Timeout: 20 * time.Millisecond}
	resp, err := c.Get(s.URL + "/hang2")
	<-arrived
	show(resp, err)
}

type named struct {
	name string
	next http.RoundTripper
}

func (n named) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("X-"+n.name, "1")
	return n.next.RoundTrip(req)
}

// chain sends by way of several transports.
func chain() {
	s := start(http.HandlerFunc(echoed))
	defer s.Close()
	get(&http.Client{Transport: named{"a", named{"b", http.DefaultTransport}}}, s.URL+"/chain")
	inner := &http.Transport{}
	t := &http.Transport{}
	t.RegisterProtocol("http", inner)
	get(&http.Client{Transport: t}, s.URL+"/other")
	t = &http.Transport{}
	t.RegisterProtocol("http", named{"c", inner})
	get(&http.Client{Transport: t}, s.URL+"/other")
}

type slow struct{ from io.Reader }

// Read is a method that the test traces.
func (s slow) Read(p []byte) (int, error) { return s.from.Read(p) }

// bodies sends bodies one after the other on one connection, whose goroutines read them.
func bodies() {
	s := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }))
	defer s.Close()
	for i := range 3 {
		resp, err := s.Client().Post(fmt.Sprint(s.URL, "/", i), "text/plain", slow{strings.NewReader("hello")})
		show(resp, err)
	}
}

func urls() {
	s := start(http.HandlerFunc(echoed))
	defer s.Close()
	host := strings.TrimPrefix(s.URL, "http://")
	get(s.Client(), "http://user:pass%20word@"+host+"/a%20b?q=1&token=abc#frag")
	get(s.Client(), "http://"+host+"/?access_key=1234&z=%22password%22:%22x%22")
}

// conn sends by a connection that it has made itself.
func conn() {
	s := start(http.HandlerFunc(echoed))
	defer s.Close()
	t := &http.Transport{}
	cc, err := t.NewClientConn(context.Background(), "http", strings.TrimPrefix(s.URL, "http://"))
	must(err)
	defer cc.Close()
	req, _ := http.NewRequest("GET", s.URL+"/own", nil)
	resp, err := cc.RoundTrip(req)
	must(err)
	fmt.Println(resp.Request == req)
	show(resp, err)
}

// foreign sends a request that has ids of somebody else's.
func foreign() {
	s := start(http.HandlerFunc(echoed))
	defer s.Close()
	req, _ := http.NewRequest("GET", s.URL+"/x", nil)
	req.Header.Set("X-Datadog-Trace-Id", "12345")
	req.Header.Set("X-Datadog-Parent-Id", "6789")
	req.Header.Set("X-Datadog-Tags", "_dd.p.tid=1234567890abcdef")
	req.Header.Set("Tracestate", "other=1")
	resp, err := s.Client().Do(req)
	show(resp, err)
}

package ui

import (
	"bufio"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/agent"
)

// get answers a request without a network.
func (f *fixture) get(url string, edit ...func(*http.Request)) (int, string, http.Header) {
	r := httptest.NewRequest(http.MethodGet, "http://localhost:8127"+url, nil)
	for _, e := range edit {
		e(r)
	}
	w := httptest.NewRecorder()
	f.ui.ServeHTTP(w, r)
	return w.Code, w.Body.String(), w.Header()
}

func shop(trace uint64) []span {
	return []span{
		{trace: trace, id: 1, service: "shop", name: "http.request", resource: "GET /cart", duration: 90 * time.Millisecond},
		{trace: trace, id: 2, parent: 1, service: "db", name: "sql.query", resource: "SELECT 1", duration: 20 * time.Millisecond,
			failed: true, meta: map[string]string{"table": "carts:old", "error.message": "gone", `odd:key \`: "v:1"}},
	}
}

func TestFilter(t *testing.T) {
	f := start(t)
	f.send(shop(1)...)
	f.send(span{trace: 2, id: 1, service: "shop", name: "http.request", resource: "GET /menu", duration: time.Millisecond})
	for query, want := range map[string]int{
		"": 2, "service=shop": 2, "service=db": 1, "service=none": 0, "name=sql.query": 1, "resource=CART": 1, "q=gone": 1,
		"tag=table:carts:old": 1, `tag=odd\:key%20\\:v:1`: 1, `tag=odd\:key%20\\`: 1, `tag=odd:key`: 0, `tag=\`: 0, "tag=table": 1, "tag=table&tag=n:3": 1, "tag=table:x": 0, "error=1": 1, "error=0": 2,
		"min=50ms": 1, "min=1000000": 2, "limit=1": 1, "after=1": 1, "after=2": 0, "before=2": 1,
		"service=shop&error=1": 0, "tag=": 2,
	} {
		status, body, _ := f.get("/api/traces?" + query)
		var list agent.List
		if err := json.Unmarshal([]byte(body), &list); status != 200 || err != nil || len(list.Traces) != want {
			t.Errorf("%s: %d %s, want %d", query, status, body, want)
		}
	}
	for _, query := range []string{"min=soon", "min=-1s", "error=perhaps", "after=x", "before=-1", "limit=0", "limit=100000"} {
		if status, body, _ := f.get("/api/traces?" + query); status != 400 || !strings.HasPrefix(body, `{"error":"`+query[:3]) {
			t.Errorf("%s: %d %s", query, status, body)
		}
	}
}

func TestJSON(t *testing.T) {
	f := start(t)
	for _, path := range []string{"/api/services", "/api/resources", "/api/calls"} {
		if _, body, _ := f.get(path); body != "[]\n" {
			t.Errorf("%s without traces: %s", path, body)
		}
	}
	f.send(shop(0xabc)...)
	for path, want := range map[string]string{
		"/api/info":                        `{"version":"v1.2.3","listen":["` + f.agent.URL() + `"]}`,
		"/api/traces/" + id(0xabc):         `"offset":1,"duration":20000000,"error":1,"meta":{"error.message":"gone"`,
		"/api/services?window=1m":          `{"service":"db","type":"web","resources":1,"requests":1,"errors":1`,
		"/api/resources":                   `"name":"http.request","resource":"GET /cart"`,
		"/api/resources?service=db":        `[{"service":"db","name":"sql.query"`,
		"/api/resources?service=unheard":   `[]`,
		"/api/calls":                       `[{"from":"shop","to":"db","requests":1,"errors":1}]`,
		"/api/totals":                      `"traces":1,"spans":2`,
		"/api/traces?q=%3Cscript%3E":       `{"traces":[],"seq":1,"more":false}`,
		"/api/traces?limit=1&service=shop": `"services":["shop","db"]`,
	} {
		status, body, header := f.get(path)
		if status != 200 || !strings.Contains(body, want) || header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	for path, want := range map[string]int{
		"/api/traces/" + id(1): 404, "/api/traces/xyz": 400, "/api/none": 404, "/none": 404, "/api/services?window=x": 400,
		"/api/resources?window=x": 400, "/../ui.go": 307, "/ui.go": 404, "/": 200, "/app.js": 200, "/api/events?min=x": 400,
	} {
		if status, body, _ := f.get(path); status != want {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

func id(low uint64) string { return agent.TraceID{Low: low}.String() }

// TestEscaped: what is in a trace is data in any answer.
func TestEscaped(t *testing.T) {
	f := start(t)
	const attack = `</script><script>alert(1)</script>`
	f.send(span{trace: 1, id: 1, service: attack, name: attack, resource: attack, meta: map[string]string{attack: attack}})
	for _, path := range []string{"/api/traces", "/api/traces/" + id(1), "/api/services", "/api/resources",
		"/api/traces?min=" + "%3Cscript%3E", "/%3Cscript%3E", "/api/%3Cscript%3E"} {
		_, body, header := f.get(path)
		if strings.Contains(body, "<script") || strings.HasPrefix(header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %s %s", path, header.Get("Content-Type"), body)
		}
	}
}

func TestHeaders(t *testing.T) {
	f := start(t)
	for _, path := range []string{"/", "/app.js", "/style.css", "/api/traces", "/api/none"} {
		_, _, header := f.get(path, func(r *http.Request) { r.Header.Set("Origin", "https://example.com") })
		for name, want := range map[string]string{
			"Content-Security-Policy":      policy,
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "no-referrer",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Cache-Control":                "no-store",
			"Access-Control-Allow-Origin":  "",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s: %q", path, name, got)
			}
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "PATCH"} {
		if status, _, _ := f.get("/api/traces", func(r *http.Request) { r.Method = method }); status != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, status)
		}
	}
}

// TestHost: DNS rebinding.
func TestHost(t *testing.T) {
	f := start(t)
	f.ui.info.Addr = "devbox:8127"
	status := func(host string) int {
		code, _, _ := f.get("/api/traces", func(r *http.Request) { r.Host = host })
		return code
	}
	for _, host := range []string{"localhost", "LOCALHOST:8127", "localhost.", "127.0.0.1:8127", "127.8.0.1", "[::1]:8127", "[::1]",
		"ui.localhost:1", "devbox", "devbox:99"} {
		if status(host) != 200 {
			t.Errorf("%s is refused", host)
		}
	}
	for _, host := range []string{"", "example.com", "example.com:8127", "localhost.example.com", "127.0.0.1.example.com", "10.0.0.1",
		"0.0.0.0", "notlocalhost", "[::2]", "::ffff:10.0.0.1", "127.0.0.1@example.com", "evil:8127:8127"} {
		if status(host) != 403 {
			t.Errorf("%s is let in", host)
		}
	}
	// A number is fine if it is ours.
	code, _, _ := f.get("/", func(r *http.Request) {
		r.Host = "10.0.0.1:8127"
		*r = *r.WithContext(contextWithAddr(r, &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 8127}))
	})
	if code != 200 {
		t.Errorf("the connection's own address: %d", code)
	}
}

// TestEvents reads a stream as a browser does.
func TestEvents(t *testing.T) {
	f := start(t)
	f.send(shop(1)...)
	resp, err := http.Get(f.http.URL + "/api/events?service=db")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream; charset=utf-8" {
		t.Error(got)
	}
	lines := bufio.NewScanner(resp.Body)
	next := func() string {
		var event []string
		for lines.Scan() && lines.Text() != "" {
			event = append(event, lines.Text())
		}
		return strings.Join(event, "\n")
	}
	expect := func(name string, parts ...string) {
		t.Helper()
		got := next()
		for _, p := range append(parts, "event: "+name+"\n") {
			if !strings.Contains(got, p) {
				t.Errorf("got %s, want %s", got, p)
			}
		}
	}
	expect("traces", "id: 1\n", id(1))
	expect("totals", `"traces":1`)
	f.send(shop(2)...)
	expect("traces", "id: 2\n", id(2))
	expect("totals", `"traces":2`)
	f.send(span{trace: 3, id: 1, service: "other"}) // not of the filter
	expect("totals", "id: 3\n", `"traces":3`)
	_ = f.ui.Close()
	if rest, err := io.ReadAll(resp.Body); err != nil || len(rest) > 0 {
		t.Errorf("after Close: %q %v", rest, err)
	}
}

func TestEventsResume(t *testing.T) {
	f := start(t)
	f.send(shop(1)...)
	f.send(shop(2)...)
	_ = f.ui.Close() // the stream ends after what is there
	_, body, _ := f.get("/api/events?after=0", func(r *http.Request) { r.Header.Set("Last-Event-ID", "1") })
	if strings.Contains(body, id(1)) || !strings.Contains(body, id(2)) {
		t.Error(body)
	}
}

func TestEventsBounded(t *testing.T) {
	f := start(t)
	for range maxStreams {
		f.ui.streams <- struct{}{}
	}
	if status, _, _ := f.get("/api/events"); status != http.StatusServiceUnavailable {
		t.Error(status)
	}
}

// TestPages keeps the pages small and without anything that the policy or a
// machine without internet would stop.
func TestPages(t *testing.T) {
	total := 0
	err := fs.WalkDir(embedded, "web", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(embedded, name)
		if err != nil {
			return err
		}
		total += len(b)
		text := string(b)
		if n := strings.Count(text, "\n"); n > 300 {
			t.Errorf("%s has %d lines", name, n)
		}
		for _, forbidden := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "style=\"", "onclick=", "//cdn"} {
			if strings.Contains(text, forbidden) {
				t.Errorf("%s has %s", name, forbidden)
			}
		}
		for _, m := range regexp.MustCompile(`https?://[^\s"'`+"`"+`)]+`).FindAllString(text, -1) {
			if m != "http://www.w3.org/2000/svg" {
				t.Errorf("%s names %s", name, m)
			}
		}
		if path.Ext(name) == ".html" && regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(text) {
			t.Errorf("%s has an inline script", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if t.Logf("%d bytes", total); total > 100<<10 {
		t.Errorf("the pages have %d bytes", total)
	}
}

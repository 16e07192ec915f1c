package term

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/agent/readable"
)

func testSnapshot() Snapshot {
	n := func(requests, failed uint64, perSecond float64, p50, p95, p99 time.Duration) agent.Numbers {
		return agent.Numbers{Requests: requests, Errors: failed, Rate: perSecond, P50: int64(p50), P95: int64(p95), P99: int64(p99),
			Time: int64(requests) * int64(p50)}
	}
	web, db := n(1200, 30, 20, 12*time.Millisecond, 80*time.Millisecond, 1200*time.Millisecond), n(3600, 0, 60, 900*time.Microsecond, 2*time.Millisecond, 9*time.Millisecond)
	return Snapshot{
		Services: []agent.ServiceStats{{Service: "orders-db", Type: "sql", Numbers: db}, {Service: "shop", Type: "web", Numbers: web}},
		Resources: []agent.ResourceStats{
			{Service: "orders-db", Name: "sql.query", Resource: "SELECT * FROM orders WHERE id = ?", Type: "sql", Numbers: db},
			{Service: "shop", Name: "http.request", Resource: "GET /orders/{id}", Type: "web", Numbers: web},
			{Service: "shop", Name: "http.request", Resource: "GET /idle", Type: "web"},
		},
	}
}

func press(t *top, keys string) {
	all, _ := readKeys([]byte(keys))
	for _, k := range all {
		t.press(k)
	}
}

// shown are the resources as they stand on the screen.
func shown(t *top) string {
	var list []string
	for _, line := range t.draw(200, 24, false) {
		for _, r := range t.snapshot.Resources {
			if strings.Contains(line, r.Resource) {
				list = append(list, r.Resource[:5])
			}
		}
	}
	return strings.Join(list, "|")
}

func TestTopDraws(t *testing.T) {
	top := newTop("top · http://127.0.0.1:8127")
	top.snapshot = testSnapshot()
	want := `
top · http://127.0.0.1:8127 · last minute                                           2 services, 80.0/s, 0.6% errors

SERVICE                                                       REQUESTS  RATE/S▼   ERRORS      P50      P95      P99
orders-db  (sql)                                                 3,600     60.0       0%    900µs   2.00ms   9.00ms
shop  (web)                                                      1,200     20.0     2.5%   12.0ms   80.0ms    1.20s

SERVICE            RESOURCE                                   REQUESTS  RATE/S▼   ERRORS      P50      P95      P99
orders-db          SELECT * FROM orders WHERE id = ?             3,600     60.0       0%    900µs   2.00ms   9.00ms
shop               GET /orders/{id}                              1,200     20.0     2.5%   12.0ms   80.0ms    1.20s
shop               GET /idle                                         0        0       0%        -        -        -

q quit  / filter  w window  j k scroll  sort: a name  n requests  r rate  e errors  5 p50  9 p95  0 p99  t time
`
	var got strings.Builder
	for _, line := range top.draw(115, 12, false) {
		got.WriteString("\n" + strings.TrimRight(line, " "))
	}
	if got.String()+"\n" != want {
		t.Errorf("got%s\nwant%s", got.String(), want)
	}
	wide := strings.Join(top.draw(160, 12, true), "\n")
	if !strings.Contains(wide, "http.request") || !strings.Contains(wide, "\x1b[31m     2.5%\x1b[0m") {
		t.Errorf("got\n%s", wide)
	}
}

// TestTopFits: whatever the size, no line is longer than the terminal is wide,
// and there are as many as it is high.
func TestTopFits(t *testing.T) {
	top := newTop("top")
	top.snapshot = testSnapshot()
	for i := range 100 {
		name := fmt.Sprint("サービス\x1b[2J", i)
		top.snapshot.Services = append(top.snapshot.Services, agent.ServiceStats{Service: name})
		top.snapshot.Resources = append(top.snapshot.Resources, agent.ResourceStats{Service: name, Name: strings.Repeat("n", 80), Resource: strings.Repeat("r", 300)})
	}
	for _, keys := range []string{"", "/x", "\r", "\x1b", "G", "wa"} {
		press(top, keys)
		for w := 1; w < 200; w += 7 {
			for h := 1; h < 60; h += 3 {
				lines := top.draw(w, h, false)
				if len(lines) != h {
					t.Fatalf("%d×%d: %d lines", w, h, len(lines))
				}
				for _, line := range lines {
					if readable.Width(line) > w || strings.Contains(line, "\x1b") {
						t.Fatalf("%d×%d: %d columns: %q", w, h, readable.Width(line), line)
					}
				}
			}
		}
	}
}

// TestFrame: nothing is erased after it has been drawn.
func TestFrame(t *testing.T) {
	if got, want := frame([]string{"ab", "cd", "ef"}), begin+"\x1b[Kab\r\n\x1b[Kcd\r\n\x1b[Jef"+end; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestTopKeys(t *testing.T) {
	top := newTop("top")
	top.snapshot = testSnapshot()
	for _, step := range []struct{ keys, want string }{
		{"", "SELEC|GET /|GET /"},
		{"9", "GET /|SELEC|GET /"},
		{"e", "GET /|SELEC|GET /"},
		{"a", "SELEC|GET /|GET /"},
		{"a", "GET /|GET /|SELEC"},
		{"n", "SELEC|GET /|GET /"},
		{"/orders/", "GET /"},
		{"\x7f\x7f", "SELEC|GET /"},
		{"\x15WHERE\r", "SELEC"},
		{"/none\x1b", "SELEC"}, // Esc goes back to the filter of before
		{"\x1b", "SELEC|GET /|GET /"},
		{"?x\x1b[15~\x1b[200~", "SELEC|GET /|GET /"}, // keys without a meaning
	} {
		press(top, step.keys)
		if got := shown(top); got != step.want {
			t.Errorf("after %q: %s, not %s", step.keys, got, step.want)
		}
	}
	if top.window() != recently {
		t.Error(top.window())
	}
	if press(top, "w"); top.window() != 0 {
		t.Error(top.window())
	}
	for _, k := range []key{'q', keyCtrlC} {
		if !top.press(k) {
			t.Errorf("%q does not quit", rune(k))
		}
	}
	press(top, "/")
	if top.press('q') || top.filter != "q" {
		t.Error("q in a filter quits")
	}
	top.typing, top.err = false, errors.New("the agent\x1b[2J is gone")
	if lines := top.draw(80, 10, false); !strings.HasPrefix(lines[9], `✗ the agent\x1b[2J is gone`) {
		t.Error(lines[9])
	}
}

func TestTopScrolls(t *testing.T) {
	top := newTop("top")
	for i := range 50 {
		top.snapshot.Resources = append(top.snapshot.Resources, agent.ResourceStats{Service: "s", Resource: fmt.Sprintf("R%02d.", i)})
	}
	for _, step := range []struct{ keys, first string }{
		{"", "R00."}, {"jj", "R02."}, {"k", "R01."}, {"\x1b[6~", "R16."}, {"\x1b[5~\x1b[A\x1b[A", "R00."}, {"G", "R35."}, {"jjj", "R35."}, {"g", "R00."},
	} {
		all, _ := readKeys([]byte(step.keys))
		for _, k := range all {
			top.press(k)
			top.draw(100, 21, false)
		}
		lines := top.draw(100, 21, false)
		if !strings.Contains(lines[5], step.first) {
			t.Errorf("after %q: %s", step.keys, lines[5])
		}
	}
}

func TestReadKeys(t *testing.T) {
	for text, want := range map[string][]key{
		"aé日":                             {'a', 'é', '日'},
		"\r\n\x7f\x08\x03":                {keyEnter, keyEnter, keyBackspace, keyBackspace, keyCtrlC},
		"\x1b":                            {keyEsc},
		"\x1b\x1b":                        {keyEsc, keyEsc},
		"\x1b[A\x1bOB\x1b[5~x":            {keyUp, keyDown, keyPageUp, 'x'},
		"\x1b[1;5Cq":                      {'q'},
		"\xffq":                           {'q'},
		"q\x1b[":                          {'q'},
		"q\xe6\x97":                       {'q'},
		"\x1b[" + strings.Repeat("1", 99): nil,
	} {
		got, _ := readKeys([]byte(text))
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
	if keys, rest := readKeys([]byte("a\x1b[1;")); len(keys) != 1 || string(rest) != "\x1b[1;" {
		t.Errorf("%q, rest %q", keys, rest)
	}
}

func FuzzReadKeys(f *testing.F) {
	f.Add([]byte("a\x1b[A\xe6\x97\xa5\x1b[1;5"))
	f.Fuzz(func(t *testing.T, b []byte) {
		top := newTop("top")
		top.snapshot = testSnapshot()
		keys, rest := readKeys(b)
		if len(rest) > maxSequence+2 {
			t.Errorf("%d bytes wait for more", len(rest))
		}
		for _, k := range keys {
			if top.press(k) {
				return
			}
			for _, line := range top.draw(80, 20, false) {
				if readable.Width(line) > 80 {
					t.Errorf("%q", line)
				}
			}
		}
	})
}

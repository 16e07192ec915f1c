package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/modfile"

	"github.com/ddinstrument/ddinstrument/overlay"
)

func TestDoctorComparesVersions(t *testing.T) {
	const require = "module a.b/c\nrequire " + modulePath + " v1.2.0\n"
	for _, test := range []struct{ mod, own, state, found string }{
		{"module a.b/c\n", "v1.2.0", fine, "does not require the runtime"},
		{require, "v1.2.0", fine, "requires the runtime v1.2.0, as this command is"},
		{require, "latest", fine, "this command is of no release"},
		{require, "v1.3.0", wrong, "plain go builds take the runtime v1.2.0, but this command is v1.3.0"},
	} {
		f, err := modfile.ParseLax("go.mod", []byte(test.mod), nil)
		if err != nil {
			t.Fatal(err)
		}
		got := requirement(f, test.own)
		if got.State != test.state || !strings.Contains(got.Found, test.found) || (got.Do != "") != (test.state == wrong) {
			t.Errorf("%q, %s: %+v", test.mod, test.own, got)
		}
	}
}

// TestDoctorAndAgents: what doctor says of agents that are not as they should
// be.
func TestDoctorAndAgents(t *testing.T) {
	const info = `{"version":"7.70.0","endpoints":["/v0.4/traces","/v0.5/traces","/v0.6/stats"]}`
	for name, test := range map[string]struct {
		info   string
		status int // of /info
		traces int // the status of /v0.4/traces
		skew   time.Duration
		want   string
	}{
		"good":        {info, 200, 200, 0, "ok /info Datadog's agent 7.70.0 takes v0.4, v0.5|ok test span accepted|skipped seen Datadog's agent does not show what it has|ok clock the agent's is the same"},
		"old":         {"", 404, 200, 0, "wrong /info the agent has no /info|skipped test span no agent answers|skipped seen no span was accepted|skipped clock no agent answers"},
		"web server":  {"<html>", 200, 200, 0, `wrong /info it answers 200 OK, "<html>"|skipped`},
		"other JSON":  {`{}`, 200, 200, 0, `wrong /info it answers 200 OK, "{}"|skipped`},
		"no traces":   {`{"version":"7.70.0","endpoints":["/v0.6/stats"]}`, 200, 200, 0, "wrong /info Datadog's agent 7.70.0 takes neither v0.4 nor v1.0 traces|"},
		"busy":        {info, 200, 429, 0, "|wrong test span the agent answers 429 Too Many Requests: no|skipped seen no span was accepted|"},
		"clock ahead": {info, 200, 200, time.Hour, "wrong clock the agent's clock is "},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Date", time.Now().Add(test.skew).UTC().Format(http.TimeFormat))
				switch r.URL.Path {
				case "/info":
					w.WriteHeader(test.status)
					w.Write([]byte(test.info))
				default:
					w.WriteHeader(test.traces)
					w.Write([]byte("no"))
				}
			}))
			defer server.Close()
			env := []string{"DD_TRACE_AGENT_URL=" + server.URL}
			x := &examination{
				app: &app{stream: stream{err: &bytes.Buffer{}}, env: env}, ctx: t.Context(),
				cmd: &overlay.Command{}, getenv: overlay.Getenv(env),
			}
			var said []string
			for _, hop := range hops[6:] {
				f := hop.look(x)
				said = append(said, f.State+" "+hop.name+" "+f.Found)
			}
			if got := strings.Join(said, "|"); !strings.Contains(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestDoctorIsReadable: what a strange agent says acts on no terminal.
func TestDoctorIsReadable(t *testing.T) {
	f := bad("do this\nand \x1b[31mthat", "it answers 500 \x1b[2J\r\u202e\n  next")
	f.Hop = "/info"
	const want = "WRONG   /info         it answers 500 \\x1b[2J \\u202e\n                        next\n" +
		"                      → do this\n                        and \\x1b[31mthat\n"
	if got := f.text(); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

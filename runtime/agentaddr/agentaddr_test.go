//go:build go1.21

package agentaddr

import (
	"net"
	"net/url"
	"strings"
	"testing"
)

func TestAgentURL(t *testing.T) {
	for _, c := range []struct {
		env    string // "NAME=value NAME=value"
		socket bool
		want   string // network address URL path
		bad    string // what the error must name; "": no error
	}{
		{"", false, "tcp localhost:8126 http://localhost:8126", ""},
		{"", true, "unix /var/run/datadog/apm.socket unix:///var/run/datadog/apm.socket", ""},
		{"DD_AGENT_HOST=h", true, "tcp h:8126 http://h:8126", ""},
		{"DD_TRACE_AGENT_PORT=1", true, "tcp localhost:1 http://localhost:1", ""},
		{"DD_AGENT_HOST=::1 DD_TRACE_AGENT_PORT=99", false, "tcp [::1]:99 http://[::1]:99", ""},
		{"DD_AGENT_HOST=[::1]", false, "tcp [::1]:8126 http://[::1]:8126", ""},
		{"DD_TRACE_AGENT_PORT=x", false, "tcp localhost:8126 http://localhost:8126", `DD_TRACE_AGENT_PORT="x"`},
		{"DD_TRACE_AGENT_PORT=70000", false, "tcp localhost:8126 http://localhost:8126", "70000"},
		{"DD_TRACE_AGENT_URL=http://a:1 DD_AGENT_HOST=h", true, "tcp a:1 http://a:1", ""},
		{"DD_TRACE_AGENT_URL=http://a", false, "tcp a:80 http://a:80", ""},
		{"DD_TRACE_AGENT_URL=https://a/x/y/", false, "tcp a:443 https://a:443/x/y /x/y", ""},
		{"DD_TRACE_AGENT_URL=unix:///s/t", false, "unix /s/t unix:///s/t", ""},
		{"DD_TRACE_AGENT_URL=unix://", false, "tcp localhost:8126 http://localhost:8126", "socket"},
		{"DD_TRACE_AGENT_URL=ftp://a", false, "tcp localhost:8126 http://localhost:8126", `"ftp://a"`},
		{"DD_TRACE_AGENT_URL=http:// DD_AGENT_HOST=h", false, "tcp h:8126 http://h:8126", "no host"},
		{"DD_TRACE_AGENT_URL=http://a:99999", false, "tcp localhost:8126 http://localhost:8126", "99999"},
		{"DD_TRACE_AGENT_URL=%zz", false, "tcp localhost:8126 http://localhost:8126", "%zz"},
	} {
		env := map[string]string{}
		for _, e := range strings.Fields(c.env) {
			name, value, _ := strings.Cut(e, "=")
			env[name] = value
		}
		a, err := AgentURL(func(n string) string { return env[n] }, func(string) bool { return c.socket })
		if got := strings.TrimSpace(a.Network + " " + a.Address + " " + a.URL + " " + a.Path); got != c.want {
			t.Errorf("%s: %s, want %s", c.env, got, c.want)
		}
		if (err != nil) != (c.bad != "") || err != nil && !strings.Contains(err.Error(), c.bad) {
			t.Errorf("%s: error %v", c.env, err)
		}
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{ // network address path, or !what the error says
		"http://a/x y/%41?q#f":     "tcp a:80 /x%20y/%41",
		" HTTP://u:p@a:1/ ":        "tcp a:1",
		"http://a:/":               "tcp a:80",
		"http://[::1]":             "tcp [::1]:80",
		"http://[fe80::1%25lo]:7":  "tcp [fe80::1%lo]:7",
		"http://a%2Db:1":           "tcp a-b:1",
		"https://a/é":              "tcp a:443 /%C3%A9",
		"unix:///a b/%73?x":        "unix /a b/s",
		"unix://var/run/s":         "unix var/run/s",
		"unix://@abstract":         "unix @abstract",
		"http://a\r\nX: y/":        "!control character",
		"http://a b/":              "!not a host",
		"http://[::1/":             "!not a",
		"http://a:0x1":             "!not a port number: 0x1",
		"http://a:":                "tcp a:80",
		"http://:1":                "!no host",
		"http://a/%4":              "!hexadecimal",
		"http://%zz/":              "!hexadecimal",
		"localhost:8126":           "!not http://",
		"http:/a":                  "!not http://",
		"http://a?x":               "tcp a:80",
		"http://a/\x00":            "!control character",
		"http://user@[::1]:12/p//": "tcp [::1]:12 /p",
	} {
		a, err := Parse(text)
		if message, bad := strings.CutPrefix(want, "!"); bad {
			if err == nil || !strings.Contains(err.Error(), message) {
				t.Errorf("%q: %+v, error %v", text, a, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := strings.TrimSpace(a.Network + " " + a.Address + " " + a.Path); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// FuzzParse: what is taken can be put into a request's head, net/url takes it too, and both mean the same host.
func FuzzParse(f *testing.F) {
	f.Add("http://user@[::1]:12/p/%41?x#y")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := Parse(text)
		if err != nil {
			return
		}
		for _, c := range []byte(a.Path + a.URL) {
			if c < ' ' || c == 0x7f || c == ' ' && a.Network == "tcp" {
				t.Fatalf("%q: %+v", text, a)
			}
		}
		host, _, err := net.SplitHostPort(a.Address)
		if a.Network == "unix" || strings.ContainsAny(host, "%:") && net.ParseIP(host) == nil { // dialling will tell
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		u, err := url.Parse(a.URL)
		if err != nil || u.Host != a.Address || u.EscapedPath() != a.Path {
			t.Fatalf("%q: %+v, net/url says %v, %v", text, a, u, err)
		}
	})
}

//go:build go1.21

package agentaddr

import (
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

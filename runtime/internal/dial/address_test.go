//go:build go1.21 && (linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package dial

import (
	"net"
	"reflect"
	"strings"
	"testing"
)

// text is the address as net writes it.
func (a addr) text() string {
	if a.v6 {
		return net.IP(a.ip[:]).String()
	}
	return net.IP(a.ip[:4]).String()
}

func texts(list []addr) string {
	var s []string
	for _, a := range list {
		s = append(s, a.text())
	}
	return strings.Join(s, " ")
}

func TestParseIP(t *testing.T) {
	for _, s := range addresses {
		checkIP(t, s)
	}
	if a, ok := parseIP("fe80::1%7"); !ok || a.zone != 7 || a.text() != "fe80::1" {
		t.Errorf("with a zone: %+v", a)
	}
	if _, ok := parseIP("fe80::1%eth0"); ok {
		t.Error("a zone that is no number")
	}
}

var addresses = []string{
	"1.2.3.4", "255.255.255.255", "01.2.3.4", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.+4", "1..2.3", "", ":", "::", ":::", "::1", "1::",
	"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::", "1:2:3:4::5:6:7:8", "2001:db8::1", "::ffff:1.2.3.4",
	"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "1.2.3.4::", "::1.2.3.4:5", "::12345", "::g", "1::2::3", "1:", ":1", "::FFFF:ffff", "64:ff9b::1.2.3.256",
}

func checkIP(t *testing.T, s string) {
	a, ok := parseIP(s)
	want := net.ParseIP(s)
	if ok != (want != nil) || ok && a.text() != want.String() {
		t.Errorf("%q: %v %+v, net says %v", s, ok, a, want)
	}
	if ok && a.v6 != (want.To4() == nil) {
		t.Errorf("%q: IPv6 %v", s, a.v6)
	}
}

func FuzzParseIP(f *testing.F) {
	for _, s := range addresses {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !strings.Contains(s, "%") {
			checkIP(t, s)
		}
	})
}

func TestSplitPort(t *testing.T) {
	for address, want := range map[string]string{"a:1": "a", "[::1]:1": "::1", "::1:1": "::1", ":1": "", "a": "!", "a:": "!", "a:65536": "!", "a:x": "!", "": "!"} {
		host, port, err := splitPort(address)
		if err != nil {
			host, port = "!", 1
		}
		if host != want || port != 1 {
			t.Errorf("%q: %q %d %v", address, host, port, err)
		}
	}
}

func TestHosts(t *testing.T) {
	text := "# 9.9.9.9 agent\r\n127.0.0.1\tlocalhost\n10.0.0.1 x agent # 10.0.0.9 agent\n\n::2 AGENT agent y\nrubbish agent\n10.0.0.3\n10.0.0.4 agent.\n10.0.0.5 agents my-agent y"
	for name, want := range map[string]string{
		"agent": "10.0.0.1 ::2 10.0.0.4", "Agent.": "10.0.0.1 ::2 10.0.0.4", "y": "::2 10.0.0.5", "my-agent": "10.0.0.5", "nobody": "", "10.0.0.3": "",
	} {
		if got := texts(inHosts(text, name)); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if n := len(inHosts(strings.Repeat("1.1.1.1 a\n", 100), "a")); n != maxAddresses {
		t.Errorf("%d addresses", n)
	}
}

func TestResolvConf(t *testing.T) {
	c := parseResolvConf("; made by\nnameserver 10.0.0.10\nnameserver x\nnameserver ::5 # y\nnameserver\ndomain a.\n"+
		"search ns.svc.cluster.local svc.cluster.local .\nnameserver 1.1.1.1\nnameserver 2.2.2.2\noptions timeout:1 ndots:5\n", 53)
	if got := texts(c.servers); got != "10.0.0.10 ::5 1.1.1.1" || c.servers[0].port != 53 || c.ndots != 5 {
		t.Errorf("%s %+v", got, c)
	}
	for name, want := range map[string][]string{
		"agent":       {"agent.ns.svc.cluster.local.", "agent.svc.cluster.local.", "agent."},
		"a.b.c.d.e.f": {"a.b.c.d.e.f.", "a.b.c.d.e.f.ns.svc.cluster.local.", "a.b.c.d.e.f.svc.cluster.local."},
		"agent.":      {"agent."},
	} {
		if got := c.names(name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	none := parseResolvConf("", 53)
	if got := texts(none.servers); got != "127.0.0.1 ::1" || !reflect.DeepEqual(none.names("a.b"), []string{"a.b."}) || !reflect.DeepEqual(none.names("a"), []string{"a."}) {
		t.Errorf("without a file: %s %q", got, none.names("a"))
	}
	many := parseResolvConf("search a b c d e f g h\noptions ndots:x", 53)
	if n := len(many.search); n != maxSearch || many.ndots != 0 {
		t.Errorf("%d domains, ndots %d", n, many.ndots)
	}
}

package hostport

import "testing"

func TestSplit(t *testing.T) {
	for addr, want := range map[string][2]string{
		"localhost:6379": {"localhost", "6379"},
		"[::1]:6379":     {"::1", "6379"},
		"/run/redis:1/s": {"/run/redis:1/s", ""},
		"localhost":      {"localhost", ""},
		":6379":          {"", "6379"},
		"":               {"", ""},
	} {
		if host, port := Split(addr); host != want[0] || port != want[1] {
			t.Errorf("%q: %q, %q", addr, host, port)
		}
	}
}

//go:build go1.21

package stats

import "testing"

// The cases are datadog-agent's behaviour (pkg/obfuscate/ip_address.go).
var peers = map[string]string{
	"":                                "",
	"db.example.com":                  "db.example.com",
	"db-1":                            "db-1",
	"10.1.2.3":                        "blocked-ip-address",
	"10.1.2.3:5432":                   "blocked-ip-address:5432",
	"127.0.0.1:80":                    "127.0.0.1:80",
	"169.254.169.254":                 "169.254.169.254",
	"ip-10-1-2-3.ec2.internal":        "ip-blocked-ip-address.ec2.internal",
	"10_1_2_3":                        "blocked-ip-address",
	"1.2.3":                           "1.2.3",
	"1.2.3.4.":                        "1.2.3.4.",
	"1.2.3.4.5":                       "blocked-ip-address.5",
	"1.2.3.04":                        "1.2.3.04",
	"1.2.3.256":                       "1.2.3.256",
	"http://10.0.0.1/x":               "http://blocked-ip-address/x",
	"https://10.0.0.1:8443":           "https://blocked-ip-address:8443",
	"dnspoll:///10.21.120.145:6400":   "dnspoll:///blocked-ip-address:6400",
	"10.0.0.1,10.0.0.2,db,10.0.0.1:1": "blocked-ip-address,db,blocked-ip-address:1",
	"[fe80::1]:443":                   "blocked-ip-address:443",
	"[::1]:443":                       "[::1]:443",
	"2001:db8::1":                     "blocked-ip-address",
	"fe80::1%eth0":                    "blocked-ip-address",
	"::ffff:1.2.3.4":                  "blocked-ip-address",
	"1:2:3:4:5:6:7:8":                 "blocked-ip-address",
	"1:2:3:4:5:6:7::8":                "1:2:3:4:5:6:7::8",
	"1:2:3:4:5:6:7":                   "1:2:3:4:5:6:7",
	"12345::":                         "12345::",
	"abc:def":                         "abc:def",
}

func TestPeers(t *testing.T) {
	for value, want := range peers {
		if got := string(appendPeer(nil, "k", value)[5:]); got != "k:"+want {
			t.Errorf("%q becomes %q, not %q", value, got, "k:"+want)
		}
	}
}

// FuzzPeers: a host that is left alone is as it was, and nothing panics.
func FuzzPeers(f *testing.F) {
	for value := range peers {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if n := countStrings(string(appendPeer(appendPeer(nil, "k", value), "l", value))); n != 2 {
			t.Errorf("%d strings", n)
		}
	})
}

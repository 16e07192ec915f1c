//go:build go1.21

package httpinfo

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

func usual() *Query { return &Query{hide: obfuscator{usual: true}} }

// TestSecrets: what Datadog's tracers take for secrets is not shown.
func TestSecrets(t *testing.T) {
	token := "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-_def"
	for raw, want := range map[string]string{
		"a=1&b=2":                          "a=1&b=2",
		"key=value":                        "key=value",
		"monkey=1&assign=2":                "monkey=1&as<redacted>",
		"password=abc&x=1":                 "<redacted>&x=1",
		"x=1&PassWord%3Dabc":               "x=1&<redacted>",
		"api_key=1&API-key-id=2&apikey=3":  "<redacted>&<redacted>&<redacted>",
		"pwd=1&new_passwd2=2":              "<redacted>&<redacted>",
		"token=abc&user=5":                 "<redacted>&user=5",
		"authorization=x&sign=y":           "<redacted>&<redacted>",
		"h=Bearer%20abc.def":               "h=<redacted>",
		"j=" + token:                       "j=<redacted>",
		"json=%7B%22secret%22:%22x%22%7D":  "json=%7B<redacted>%7D",
		"k=ghp_" + strings.Repeat("a", 36): "k=<redacted>",
	} {
		if got := usual().Text(raw); got != want {
			t.Errorf("%s becomes %s, want %s", raw, got, want)
		}
	}
}

// FuzzSecrets compares what is found by hand with what the expression matches.
func FuzzSecrets(f *testing.F) {
	token := "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-_def"
	for _, s := range []string{
		"password=1", "new-pwd1=2", "p=1", "secret_key_id=x&y", "consumer_id=a", "CONSUMERsecret %20=%3D", "applicationkey-id=1", "TOKEN:abcdefghijklm",
		"ecdsa-sha2-nistp256 " + strings.Repeat("A", 110) + "== me@home", "ssh-rsa%20" + strings.Repeat("a%2F", 101) + "%09x", "gho_" + strings.Repeat("1", 37),
		token, "x=" + token + "==", "%3d" + token, "x" + token, "%x" + token, token + "." + token, "eyIx%3D.eyKy=.%2B", "eyIx.eyKy.",
		"-----BEGIN A PRIVATE KEY-----x-----END A PRIVATE KEY-----%0A", "-----BEGIN%20RSA PRIVATE PRIVATE KEY-----x-----END PRIVATE KEY", "pass%20=1", "pass=&token=",
		`"token": "a%b%2cd%"e"`, `"token%22:%22%"`, `token":"%22`, `x=%22auth%22%3A "v"`, `"bearer  abc`, "bearer%20=", `""token"=1`, `%22"key=1`, "signsign=1", "signedature=1",
		"passpassword=1", "oldnew_password=1", "pass-passphrase=2", "passwd12=3", "api-_key=4", "appkey=4&access_keyid=5",
	} {
		f.Add(s)
	}
	re := regexp.MustCompile(secretPattern)
	f.Fuzz(func(t *testing.T, q string) {
		for i := 0; i < len(q); i++ {
			if q[i] >= 0x80 {
				return
			}
		}
		if got, want := hideSecrets(q), re.ReplaceAllString(q, "${1}"+redacted); got != want {
			t.Errorf("%q becomes %q, want %q", q, got, want)
		}
	})
}

// TestSecretsTakeTime: not more than the query is long, whatever it is.
func TestSecretsTakeTime(t *testing.T) {
	for _, part := range []string{"token", `key":"%"`, "eyIx.", "bearer ", "-----BEGIN ", "ecdsa-a", "ssh-rsa aaaa", "%22", `"key":"`, "pass "} {
		start := time.Now()
		hideSecrets(strings.Repeat(part, 1<<20/len(part)))
		if took := time.Since(start); took > 10*time.Second { // mostly some 30 ms
			t.Errorf("a megabyte of %q takes %v", part, took)
		}
	}
}

func TestQueryBySettings(t *testing.T) {
	const raw = "q=1&token=abc&z=2"
	for _, c := range []struct {
		env          map[string]string
		server, sent string
	}{
		{nil, "q=1&<redacted>&z=2", "q=1&<redacted>&z=2"},
		{map[string]string{"DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP": ""}, raw, raw},
		{map[string]string{"DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP": "("}, "", ""},
		{map[string]string{"DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP": "z=."}, "q=1&token=abc&<redacted>", "q=1&token=abc&<redacted>"},
		{map[string]string{"DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP": "z=.", "DD_HTTP_SERVER_TAG_QUERY_STRING_SIZE": "5"}, "<redacted>", "<redacted>"},
		{map[string]string{"DD_TRACE_HTTP_URL_QUERY_STRING_DISABLED": "TRUE"}, "", "q=1&<redacted>&z=2"},
		{map[string]string{"DD_TRACE_HTTP_CLIENT_TAG_QUERY_STRING": "0"}, "q=1&<redacted>&z=2", ""},
		{map[string]string{"DD_TRACE_HTTP_URL_QUERY_STRING_ALLOWLIST": "z, q"}, "q=1&z=2", "q=1&z=2"},
		{map[string]string{"DD_TRACE_HTTP_URL_QUERY_STRING_ALLOWLIST": "z", "DD_TRACE_HTTP_URL_QUERY_STRING_ALLOWLIST_CLIENT": "q"}, "z=2", "q=1"},
	} {
		got, _ := read(env(c.env))
		if s, cl := got.ServerQuery.Text(raw), got.ClientQuery.Text(raw); s != c.server || cl != c.sent {
			t.Errorf("%v: %q to a server and %q to a client, want %q and %q", c.env, s, cl, c.server, c.sent)
		}
	}
}

func env(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := vars[name]
		return value, ok
	}
}

func TestURL(t *testing.T) {
	for _, c := range []struct {
		url, host string
		secure    bool
		want      string
	}{
		{"/a%20b?x=1", "shop:80", false, "http://shop:80/a%20b?x=1"},
		{"/a", "shop", true, "https://shop/a"},
		{"/a", "", false, "/a"},
		{"https://user:pass@shop/x?password=1#top", "shop", false, "https://shop/x?<redacted>"},
		{"*", "shop", false, "http://shop"},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := URL(u, c.host, c.secure, usual()); got != c.want {
			t.Errorf("%s at %s is %s, want %s", c.url, c.host, got, c.want)
		}
	}
	if got := URL(nil, "x", false, usual()); got != "" {
		t.Errorf("no URL is %q", got)
	}
}

func BenchmarkQuery(b *testing.B) {
	q := usual()
	b.Run("plain", func(b *testing.B) {
		for i := 0; i < b.N; i++ {
			q.Text("page=2&sort=name&filter=abcdefgh&limit=100")
		}
	})
	b.Run("secret", func(b *testing.B) {
		for i := 0; i < b.N; i++ {
			q.Text("page=2&sort=name&token=abcdefgh&limit=100")
		}
	})
}

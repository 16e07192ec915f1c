//go:build go1.21

package tracer

import "testing"

// FuzzCounted: whatever a program says in tags, statistics get numbers, and the same for a number as for its text.
func FuzzCounted(f *testing.F) {
	for _, text := range []string{"200", "2e2", "-1", "4294967296", "StatusCode.NotFound", "", "NaN", "1e400", "007", " 5", "0x10"} {
		f.Add(text, 200.0)
	}
	f.Add("", 1e300)
	f.Add("16", -0.5)
	keys := []string{"http.status_code", "http.response.status_code", "rpc.grpc.status_code", "grpc.code", "rpc.grpc.status.code", "grpc.status.code"}
	f.Fuzz(func(t *testing.T, text string, number float64) {
		for _, key := range keys {
			_, c := countedIn([]tag{{key: key, text: text}, {key: "span.kind", text: "server"}})
			code := c.grpcStatus()
			for _, r := range code {
				if r < '0' || r > '9' {
					t.Errorf("%s=%q is %q", key, text, code)
				}
			}
			value, ok := convert(key, number)
			if !ok {
				continue
			}
			_, one := countedIn([]tag{value, {key: "span.kind", text: "server"}})
			_, other := countedIn([]tag{{key: key, text: value.String()}, {key: "span.kind", text: "server"}})
			if one.httpStatus() != other.httpStatus() {
				t.Errorf("%s=%v is %d, and %d as text", key, number, one.httpStatus(), other.httpStatus())
			}
		}
	})
}

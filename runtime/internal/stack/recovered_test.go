//go:build go1.21

package stack

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/rpc"
	"testing"
	"time"
)

// TestRecovered asks below the functions of the standard library that recover
// panics: they go by their names, and other versions of Go may call them
// something else.
func TestRecovered(t *testing.T) {
	if known, _ := Recovered(); known {
		t.Error("a test is none of them")
	}
	asking := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if known, _ := Recovered(); !known {
			w.WriteHeader(http.StatusTeapot)
		}
	})
	for name, handler := range map[string]http.Handler{"server": asking, "timeout": http.TimeoutHandler(asking, time.Minute, "")} {
		for _, h2 := range []bool{false, true} {
			server := httptest.NewUnstartedServer(handler)
			server.EnableHTTP2 = h2
			server.StartTLS()
			resp, err := server.Client().Get(server.URL)
			server.Close()
			if err != nil {
				t.Fatal(err)
			}
			if resp.Body.Close(); resp.StatusCode != http.StatusOK || (resp.ProtoMajor == 2) != h2 {
				t.Errorf("%s, HTTP/2 %v: not known to recover (%s, %s)", name, h2, resp.Proto, resp.Status)
			}
		}
	}
}

// Service is what net/rpc calls.
type Service struct{}

func (Service) Ask(_ int, known *bool) error {
	*known, _ = Recovered()
	return nil
}

func TestRecoveredByRPC(t *testing.T) {
	server := rpc.NewServer()
	if err := server.Register(Service{}); err != nil {
		t.Fatal(err)
	}
	a, b := net.Pipe()
	go server.ServeConn(a)
	client := rpc.NewClient(b)
	defer client.Close()
	var known bool
	if err := client.Call("Service.Ask", 0, &known); err != nil || !known {
		t.Error("net/rpc is not known to recover", err)
	}
}

package agent

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"
)

// TestStalledClients: those that stop in the middle keep no other waiting.
func TestStalledClients(t *testing.T) {
	s := start(t, Options{})
	for range 2 * maxPayloadsInWork {
		conn, err := net.Dial("tcp", s.listeners[0].Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "PUT /v0.4/traces HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n\x91")
	}
	time.Sleep(50 * time.Millisecond) // the requests are under way
	client := http.Client{Timeout: 10 * time.Second}
	resp, err := client.Post(s.URL()+"/v0.4/traces", "", bytes.NewReader(payloadOf([]Span{{TraceID: 1, SpanID: 1}})))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if len(s.Traces()) != 1 {
		t.Error("the trace of another client is not there")
	}
}

//go:build go1.21

package withnet

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/agentaddr"
	"github.com/ddinstrument/ddinstrument/runtime/internal/chunk"
	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/dial"
	"github.com/ddinstrument/ddinstrument/runtime/internal/transport"
	"github.com/ddinstrument/ddinstrument/runtime/internal/v04"
)

// TestTLS sends a trace to an agent whose certificate is known, by a name that it has and by one that it has not.
func TestTLS(t *testing.T) {
	requests := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		requests++
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	for name, good := range map[string]bool{"example.com": true, "example.org": false} {
		said := new(bytes.Buffer)
		undo := diag.Redirect(said)
		// The name is the certificate's, the connection the server's.
		trusting := dial.Func(func(network, address string, secure bool, limit time.Time) (dial.Conn, error) {
			conn, err := plain(network, server.Listener.Addr().String(), limit)
			if err != nil || !secure {
				t.Fatalf("secure %v, %v", secure, err)
			}
			return secured(conn, address, limit, &tls.Config{RootCAs: pool})
		})
		before := dial.Register(&trusting)
		agent, err := agentaddr.Parse("https://" + name)
		if err != nil {
			t.Fatal(err)
		}
		s := transport.New(transport.Options{Agent: agent, Forms: []transport.Form{{Path: "/v0.4/traces", Encoder: v04.Encoder{}}}})
		s.Push(1, chunk.AppendHead(nil, 1), false)
		requests = 0
		err = s.Flush(context.Background(), false)
		s.Close()
		dial.Register(before)
		undo()
		if (err == nil) != good || (requests == 1) != good || strings.Contains(said.String(), "certificate") == good {
			t.Errorf("%s: %v, %d requests, log %q", name, err, requests, said)
		}
	}
}

// TestRegistered: importing the package is all that it takes, and what is registered connects, in time.
func TestRegistered(t *testing.T) {
	if f := dial.Register(&dialer); f != &dialer {
		t.Error("the package has not registered its way")
	}
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for _, host := range []string{"localhost", "[::1]"} {
		conn, err := dial.Dial("tcp", host+":"+port, false, time.Now().Add(time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := conn.(net.Conn); !ok {
			t.Errorf("%s: a %T", host, conn)
		}
		conn.Close()
	}
	if _, err := dial.Dial("tcp", "[::1]:"+port, false, time.Now().Add(-time.Second)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("too late: %v", err)
	}
	if n := testing.AllocsPerRun(10, func() { dial.Register(&dialer) }); n != 0 {
		t.Errorf("registering takes %v allocations", n)
	}
}

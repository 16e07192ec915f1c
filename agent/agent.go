// Package agent is the embedded development agent: it receives what a Datadog
// tracer sends, keeps the last traces within a memory budget and shows them.
//
// It stands in for the real Datadog agent on a developer's machine, so it
// answers as that one would and forwards nothing. It treats every payload as
// hostile: sizes are checked before anything is allocated, and no text
// received reaches a terminal unescaped. It knows nothing of how programs are
// instrumented.
package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

const (
	// DefaultMemory is the memory budget, in bytes, where Options name none.
	DefaultMemory = 128 << 20

	defaultAddr = "127.0.0.1:0"

	// closeTimeout is how long Close waits for requests that are under way.
	closeTimeout = 2 * time.Second
)

// Options say where a Server listens and how much it keeps.
type Options struct {
	// Listener is used when set, and closed by Server.Close: any TCP or unix
	// listener.
	Listener net.Listener
	// Addr is the TCP address to listen on when there is no Listener. The
	// default, "127.0.0.1:0", is a free port that only this machine reaches.
	Addr string
	// Memory is about how many bytes of traces are kept. When there are more,
	// the traces that have not grown for longest are let go. 0 is
	// DefaultMemory.
	Memory int64
}

// Server is a running agent. Its methods may be called concurrently.
type Server struct {
	http     *http.Server
	listener net.Listener
	served   chan error // the result of http.Serve
	store    *Store
	slots    chan struct{} // one for each payload in work
	memory   int64
}

// Start listens and begins to receive.
func Start(opts Options) (*Server, error) {
	ln := opts.Listener
	if ln == nil {
		addr := opts.Addr
		if addr == "" {
			addr = defaultAddr
		}
		var err error
		if ln, err = net.Listen("tcp", addr); err != nil {
			return nil, fmt.Errorf("start the development agent: %w", err)
		}
	}
	memory := opts.Memory
	if memory <= 0 {
		memory = DefaultMemory
	}
	s := &Server{
		listener: ln,
		served:   make(chan error, 1),
		store:    NewStore(memory),
		slots:    make(chan struct{}, maxPayloadsInWork),
		memory:   memory,
	}
	s.http = &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		// A broken client is no reason to write into the terminal of the
		// program whose traces are being received.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	go func() { s.served <- s.http.Serve(ln) }()
	return s, nil
}

// URL is the address in the form that DD_TRACE_AGENT_URL takes:
// http://127.0.0.1:PORT, or unix:///path for a unix socket.
func (s *Server) URL() string {
	addr := s.listener.Addr()
	if addr.Network() == "unix" {
		return "unix://" + addr.String()
	}
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return "http://" + addr.String()
	}
	// Listening on every address is no address to send to.
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Traces returns what is kept: ordered by start, the chunks of one trace id
// merged, the spans of each trace ordered by start. The caller may keep the
// slices but must not change the spans' maps.
func (s *Server) Traces() []Trace { return s.store.traces() }

// Dropped is the number of traces that were let go because of the memory
// budget.
func (s *Server) Dropped() int { return s.store.Totals().Dropped }

// Store is what the server receives into.
func (s *Server) Store() *Store { return s.store }

// Close stops listening and waits, for at most two seconds, for the requests
// that are under way. What was received stays readable.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close() // whoever has not finished by now hangs
	}
	// Serve's own result matters only when it ended before it was told to.
	if serveErr := <-s.served; err == nil && !errors.Is(serveErr, http.ErrServerClosed) {
		err = serveErr
	}
	s.served <- http.ErrServerClosed // a second Close finds an answer too
	if err != nil {
		return fmt.Errorf("close the development agent: %w", err)
	}
	return nil
}

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
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
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
	// Listeners are used when set, and closed by Server.Close: any TCP or unix
	// listeners.
	Listeners []net.Listener
	// Addr is the TCP address to listen on when there are no Listeners. The
	// default, "127.0.0.1:0", is a free port that only this machine reaches.
	Addr string
	// Socket is the path of a unix socket to listen on besides, or "". One
	// that nobody listens on any more is replaced.
	Socket string
	// OTLPListener is for OpenTelemetry's protocol over HTTP, as Listeners are
	// for Datadog's. Nil: there is none, unless OTLPAddr names one.
	OTLPListener net.Listener
	// OTLPAddr is the TCP address for that when there is no OTLPListener, or
	// "" for none: 127.0.0.1:4318 is where SDKs send to by default.
	OTLPAddr string
	// Memory is about how many bytes of traces are kept. When there are more,
	// the traces that have not grown for longest are let go. 0 is
	// DefaultMemory.
	Memory int64
}

// Server is a running agent. Its methods may be called concurrently.
type Server struct {
	listeners []net.Listener // at least one
	otlp      net.Listener   // nil where there is none
	doors     []*door
	store     *Store
	slots     chan struct{} // one for each payload in work
	memory    int64
}

// door is an address at which the server answers.
type door struct {
	http   *http.Server
	served chan error // the result of http.Serve
}

// Start listens and begins to receive.
func Start(opts Options) (*Server, error) {
	memory := opts.Memory
	if memory <= 0 {
		memory = DefaultMemory
	}
	s := &Server{
		listeners: opts.Listeners,
		otlp:      opts.OTLPListener,
		store:     NewStore(memory),
		slots:     make(chan struct{}, maxPayloadsInWork),
		memory:    memory,
	}
	if err := s.listen(opts); err != nil {
		for _, ln := range s.listeners {
			ln.Close()
		}
		if s.otlp != nil {
			s.otlp.Close()
		}
		return nil, fmt.Errorf("start the development agent: %w", err)
	}
	for _, ln := range s.listeners {
		s.open(ln, s.handler())
	}
	if s.otlp != nil {
		s.open(s.otlp, s.otlpHandler())
	}
	return s, nil
}

// listen opens the addresses.
func (s *Server) listen(opts Options) error {
	if len(s.listeners) == 0 {
		ln, err := net.Listen("tcp", cmp.Or(opts.Addr, defaultAddr))
		if err != nil {
			return err
		}
		s.listeners = []net.Listener{ln}
	}
	if s.otlp == nil && opts.OTLPAddr != "" {
		ln, err := net.Listen("tcp", opts.OTLPAddr)
		if err != nil {
			return err
		}
		s.otlp = ln
	}
	if opts.Socket != "" {
		ln, err := ListenUnix(opts.Socket)
		if err != nil {
			return err
		}
		s.listeners = append(s.listeners[:len(s.listeners):len(s.listeners)], ln)
	}
	return nil
}

// ListenUnix listens on a unix socket. What a killed agent has left at the path
// does not stand in the way; whatever is no socket, or answers, does.
func ListenUnix(path string) (net.Listener, error) {
	ln, err := net.Listen("unix", path)
	if err == nil {
		return ln, nil
	}
	if stat, statErr := os.Lstat(path); statErr != nil || stat.Mode().Type() != os.ModeSocket {
		return nil, err
	}
	if conn, dialErr := net.DialTimeout("unix", path, time.Second); dialErr == nil {
		conn.Close()
		return nil, err
	}
	if removeErr := os.Remove(path); removeErr != nil {
		return nil, err
	}
	return net.Listen("unix", path)
}

// open begins to answer at an address.
func (s *Server) open(ln net.Listener, handler http.Handler) {
	d := &door{served: make(chan error, 1)}
	d.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		// A broken client is no reason to write into the terminal of the
		// program whose traces are being received.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	s.doors = append(s.doors, d)
	go func() { d.served <- d.http.Serve(ln) }()
}

// URL is the address in the form that DD_TRACE_AGENT_URL takes:
// http://127.0.0.1:PORT, or unix:///path for a unix socket.
func (s *Server) URL() string { return URLOf(s.listeners[0].Addr()) }

// OTLPURL is the address for OpenTelemetry's protocol, in the form that
// OTEL_EXPORTER_OTLP_ENDPOINT takes; "" if there is none.
func (s *Server) OTLPURL() string {
	if s.otlp == nil {
		return ""
	}
	return URLOf(s.otlp.Addr())
}

// URLOf is an address that something listens at in the form that
// DD_TRACE_AGENT_URL takes.
func URLOf(addr net.Addr) string {
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
	errs := make([]error, len(s.doors))
	var wg sync.WaitGroup
	for i, d := range s.doors {
		wg.Go(func() { errs[i] = d.close(ctx) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the development agent: %w", err)
	}
	return nil
}

func (d *door) close(ctx context.Context) error {
	err := d.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = d.http.Close() // whoever has not finished by now hangs
	}
	// Serve's own result matters only when it ended before it was told to.
	if serveErr := <-d.served; err == nil && !errors.Is(serveErr, http.ErrServerClosed) {
		err = serveErr
	}
	d.served <- http.ErrServerClosed // a second Close finds an answer too
	return err
}

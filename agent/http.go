package agent

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

const (
	// maxPayload is the size up to which a request is read, compressed or not:
	// as much as the real agent accepts by default.
	maxPayload = 50 << 20
	// maxPayloadsInWork bounds how many are read and decoded at a time, and
	// so what a crowd of large ones takes together.
	maxPayloadsInWork = 4
	// maxUnasked is how much of a payload is read before there is a slot for
	// it: a client that has stopped in the middle of a usual one (in a
	// debugger, or by intent) keeps no other waiting.
	maxUnasked = 64 << 10
)

// format is a form in which tracers send traces.
type format struct {
	path   string
	decode func(payload []byte, limit int64) ([]chunk, error)
	reply  http.HandlerFunc
}

// formats are those that are understood, and so offered in /info.
var formats = []format{
	{"/v0.3/traces", decode, answerOK},
	{"/v0.4/traces", decode, answerRates},
	{"/v0.5/traces", decode05, answerRates},
	{"/v1.0/traces", decode1, answerRates},
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	for _, f := range formats {
		mux.HandleFunc(f.path, func(w http.ResponseWriter, r *http.Request) { s.receive(w, r, f) })
	}
	// Formats that are not understood must not be acknowledged: a tracer
	// falls back to v0.4 when it reads 404, and would lose its spans
	// otherwise.
	mux.HandleFunc("/{version}/traces", http.NotFound)
	mux.HandleFunc("/info", func(w http.ResponseWriter, _ *http.Request) { answer(w, info) })
	// The names of services, which no tracer has to send any more.
	mux.HandleFunc("/{version}/services", discarding(answerOK))
	// Telemetry, statistics, profiles, remote configuration, the debugger's
	// snapshots and the rest are accepted so that no tracer logs errors.
	mux.HandleFunc("/", discarding(func(w http.ResponseWriter, _ *http.Request) { answer(w, "{}") }))
	return withState(refuseForeignPages(mux))
}

// withState says with every answer which /info is the current one, as the
// real agent does (pkg/trace/api/api.go: replyWithVersion): tracers ask again
// when it changes.
func withState(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Datadog-Agent-Version", version)
		w.Header().Set("Datadog-Agent-State", infoState)
		next.ServeHTTP(w, r)
	})
}

// refuseForeignPages keeps web pages, which can make a browser send to an
// address that only this machine reaches, from filling the store, as the real
// agent does.
func refuseForeignPages(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
			http.Error(w, "cross-site request rejected", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// discarding reads a request, as far as it is not too long, and answers it.
func discarding(reply http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxPayload)); err != nil {
			http.Error(w, err.Error(), statusOf(err))
			return
		}
		reply(w, r)
	}
}

func (s *Server) receive(w http.ResponseWriter, r *http.Request, f format) {
	if r.Method != http.MethodPut && r.Method != http.MethodPost {
		w.Header().Set("Allow", "PUT, POST")
		http.Error(w, "traces are sent by PUT or POST", http.StatusMethodNotAllowed)
		return
	}
	if isForeign(r.Header) {
		s.refuse(w, errForeign)
		return
	}
	var chunks []chunk
	err := s.read(w, r, r.Body, func(payload []byte) (err error) {
		chunks, err = f.decode(payload, s.memory)
		return err
	})
	if err != nil {
		s.refuse(w, err)
		return
	}
	s.store.add(chunks)
	f.reply(w, r)
}

// refuse answers a request whose payload is not accepted.
func (s *Server) refuse(w http.ResponseWriter, err error) {
	s.store.refuse(err)
	http.Error(w, err.Error(), statusOf(err))
}

// read reads and decodes one payload. It takes a slot for what makes memory
// grow: decoding, and reading on where a payload is long.
func (s *Server) read(w http.ResponseWriter, r *http.Request, body io.ReadCloser, decode func([]byte) error) error {
	if r.ContentLength > maxPayload {
		return errTooLong
	}
	// What is read grows with what really comes, whatever Content-Length says.
	in, start := http.MaxBytesReader(w, body, maxPayload), new(bytes.Buffer)
	if _, err := io.CopyN(start, in, maxUnasked); err != nil && err != io.EOF {
		return err
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	if start.Len() == maxUnasked {
		if _, err := start.ReadFrom(in); err != nil {
			return err
		}
	}
	return decode(start.Bytes())
}

var (
	errForeignType = errors.New("no known form")
	errForeign     = fmt.Errorf("%w: only msgpack, not compressed, is understood", errForeignType)
	errTooLong     = errors.New("the payload is larger than 50 MiB")
)

// isForeign tells payloads that are certainly no plain msgpack. A missing
// Content-Type is fine: small clients forget it.
func isForeign(h http.Header) bool {
	if enc := h.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return true
	}
	return strings.HasPrefix(h.Get("Content-Type"), "application/json")
}

func statusOf(err error) int {
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong), errors.Is(err, errTooLarge), errors.Is(err, errTooLong):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, errForeignType):
		return http.StatusUnsupportedMediaType
	}
	return http.StatusBadRequest
}

// answerRates keeps every trace, by no rates: that is what tracers do without.
// One that says which it has gets none if they are these
// (pkg/trace/api/responses.go: httpRateByService).
func answerRates(w http.ResponseWriter, r *http.Request) {
	const header, rates = "Datadog-Rates-Payload-Version", "1"
	if has := r.Header.Get(header); has != "" {
		w.Header().Set(header, rates)
		if has == rates {
			answer(w, "{}")
			return
		}
	}
	answer(w, `{"rate_by_service":{}}`)
}

// answerOK is the answer that the oldest forms get.
func answerOK(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, "OK\n")
}

func answer(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, body) // whoever has gone needs no answer
}

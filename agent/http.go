package agent

import (
	"errors"
	"io"
	"net/http"
	"strings"
)

const (
	// maxPayload is the size up to which a request is read: as much as the
	// real agent accepts by default.
	maxPayload = 50 << 20
	// maxPayloadsInWork bounds how many are read and decoded at a time, and
	// so what a crowd of large ones takes together.
	maxPayloadsInWork = 4
)

// info is the answer to /info. Tracers choose what they send by it: only what
// is named here may be used.
const info = `{"version":"7.99.0-ddinstrument","endpoints":["/v0.3/traces","/v0.4/traces"],` +
	`"client_drop_p0s":false,"config":{}}` + "\n"

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/v0.3/traces", s.receive)
	mux.HandleFunc("/v0.4/traces", s.receive)
	// Formats that are not understood must not be acknowledged: a tracer
	// falls back to v0.4 when it reads 404, and would lose its spans
	// otherwise.
	mux.HandleFunc("/{version}/traces", http.NotFound)
	mux.HandleFunc("/info", func(w http.ResponseWriter, _ *http.Request) { answer(w, info) })
	// Telemetry, statistics, profiles, remote configuration and the rest are
	// accepted so that no tracer logs errors.
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxPayload))
		answer(w, "{}")
	})
	return mux
}

func (s *Server) receive(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPut && r.Method != http.MethodPost {
		w.Header().Set("Allow", "PUT, POST")
		http.Error(w, "traces are sent by PUT or POST", http.StatusMethodNotAllowed)
		return
	}
	if isForeign(r.Header) {
		http.Error(w, "only msgpack, not compressed, is understood", http.StatusUnsupportedMediaType)
		return
	}
	if r.ContentLength > maxPayload {
		http.Error(w, "the payload is larger than 50 MiB", http.StatusRequestEntityTooLarge)
		return
	}
	chunks, err := s.read(w, r)
	if err != nil {
		s.store.refuse(err)
		http.Error(w, err.Error(), statusOf(err))
		return
	}
	s.store.add(chunks)
	answer(w, `{"rate_by_service":{}}`)
}

// read reads and decodes one payload, when there is a slot for it.
func (s *Server) read(w http.ResponseWriter, r *http.Request) ([]chunk, error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	// ReadAll grows with what really comes, whatever Content-Length says.
	payload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	if err != nil {
		return nil, err
	}
	return decode(payload, s.memory)
}

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
	if errors.As(err, &tooLong) || errors.Is(err, errTooLarge) {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

func answer(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, body) // whoever has gone needs no answer
}

// Package ui shows the traces of the development agent in a browser: pages
// that need nothing from the internet, and the JSON that they, `agent top` and
// scripts read.
//
// All of it is read-only, answers to this machine's own names only, and
// treats every text of a trace as hostile: the pages put text nodes where the
// traces' texts go, and the Content-Security-Policy lets no other script run.
// The package knows of the agent nothing but its Store.
package ui

import (
	"embed"
	"io/fs"
	"net/http"
	"sync"

	"github.com/ddinstrument/ddinstrument/agent"
)

//go:embed web
var embedded embed.FS

// Info is what the pages tell of the agent besides its traces.
type Info struct {
	// Version is ddinstrument's.
	Version string `json:"version"`
	// Listen has the addresses that traces are received on, as
	// DD_TRACE_AGENT_URL takes them. The page without traces shows them.
	Listen []string `json:"listen"`
	// Addr is the address that the handler is reached at, if its host is a
	// name: HOST or HOST:PORT. Without it, the handler answers to this
	// machine's loopback names and the address that a connection was made to.
	Addr string `json:"-"`
}

// Handler serves pages and JSON. Its methods may be called concurrently.
type Handler struct {
	store   *agent.Store
	info    Info
	mux     *http.ServeMux
	streams chan struct{} // one for each stream of events
	closed  chan struct{}
	close   sync.Once
}

// maxStreams is how many streams of events there may be: some browsers with
// some tabs each.
const maxStreams = 64

// New returns a handler for everything below "/".
func New(store *agent.Store, info Info) *Handler {
	h := &Handler{
		store: store, info: info, mux: http.NewServeMux(),
		streams: make(chan struct{}, maxStreams), closed: make(chan struct{}),
	}
	if info.Listen == nil {
		h.info.Listen = []string{}
	}
	h.mux.HandleFunc("/api/info", h.getInfo)
	h.mux.HandleFunc("/api/traces", h.getTraces)
	h.mux.HandleFunc("/api/traces/{id}", h.getTrace)
	h.mux.HandleFunc("/api/resources", h.getResources)
	h.mux.HandleFunc("/api/services", h.getServices)
	h.mux.HandleFunc("/api/calls", h.getCalls)
	h.mux.HandleFunc("/api/totals", h.getTotals)
	h.mux.HandleFunc("/api/events", h.getEvents)
	h.mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "there is no such path")
	})
	pages, err := fs.Sub(embedded, "web")
	if err != nil {
		panic(err) // of a constant
	}
	h.mux.Handle("/", http.FileServerFS(pages))
	return h
}

// Close ends the streams of events, which otherwise last as long as a page is
// open: http.Server.Shutdown would wait for them.
func (h *Handler) Close() error {
	h.close.Do(func() { close(h.closed) })
	return nil
}

// policy lets the pages load what is embedded and nothing else, and makes
// text that is to become markup an error.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cache-Control", "no-store")
	if !h.isOwnName(r) {
		refuse(w, http.StatusForbidden, "this address answers to localhost and its own address only, not to "+quoted(r.Host))
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, "everything here is only read")
		return
	}
	h.mux.ServeHTTP(w, r)
}

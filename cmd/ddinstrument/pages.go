package main

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/agent/ui"
)

// defaultUI is where the development agent's pages are.
const defaultUI = "127.0.0.1:8127"

// pages are the development agent's, for a browser.
type pages struct {
	*listening
	handler *ui.Handler
	http    *http.Server
}

// servePages serves what a store has. traces are the addresses that it receives
// at.
func servePages(l *listening, address string, store *agent.Store, traces []string) *pages {
	p := &pages{listening: l, handler: ui.New(store, ui.Info{Version: version(), Listen: traces, Addr: address})}
	p.http = &http.Server{
		Handler: p.handler, ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: log.New(io.Discard, "", 0), // a browser that goes is none of the terminal's business
	}
	go p.http.Serve(l)
	return p
}

// close ends the pages, open ones included.
func (p *pages) close() error {
	p.handler.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := p.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = p.http.Close()
	}
	return err
}

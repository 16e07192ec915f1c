package main

import (
	"fmt"
	"slices"

	"github.com/ddinstrument/ddinstrument/agent"
)

// running is a development agent with all that it listens on.
type running struct {
	server *agent.Server
	saver  *agent.Saver
	traces []*listening
	otlp   *listening // nil without
	pages  *pages     // likewise
}

// startAgent listens wherever the flags say, or nowhere.
func startAgent(f agentFlags, memory int64) (_ *running, err error) {
	r := &running{}
	var page *listening
	defer func() {
		if err == nil {
			return
		}
		for _, l := range append(r.traces, page, r.otlp) {
			if l != nil {
				l.Close()
			}
		}
	}()
	opts := agent.Options{Memory: memory}
	var urls []string
	for _, address := range f.listen {
		l, err := listen("--listen", address)
		if err != nil {
			return nil, err
		}
		r.traces, urls = append(r.traces, l), append(urls, l.url())
		opts.Listeners = append(opts.Listeners, l)
	}
	if page, err = listenTCP("--ui", f.ui); err != nil {
		return nil, err
	}
	if r.otlp, err = listenTCP("--otlp", f.otlp); err != nil {
		return nil, err
	}
	if r.otlp != nil {
		opts.OTLPListener = r.otlp
	}
	if r.server, err = agent.Start(opts); err != nil {
		return nil, err
	}
	if page != nil {
		r.pages = servePages(page, f.ui, r.server.Store(), urls)
	}
	return r, nil
}

// close ends what was started, and returns the first error.
func (r *running) close() (err error) {
	keep := func(e error) {
		if err == nil {
			err = e
		}
	}
	if r.pages != nil {
		keep(r.pages.close())
	}
	keep(r.server.Close()) // what is on its way is saved too
	if r.saver != nil {
		keep(r.saver.Close())
	}
	return err
}

// lines say where it listens.
func (r *running) lines() []string {
	var lines []string
	all := slices.Clone(r.traces)
	for _, l := range r.traces {
		lines = append(lines, "ddinstrument: traces are received at "+l.url())
	}
	if r.otlp != nil {
		lines = append(lines, "ddinstrument: those of OpenTelemetry, by OTLP/HTTP, at "+r.otlp.url())
		all = append(all, r.otlp)
	}
	if r.pages != nil {
		lines = append(lines, "ddinstrument: look at them at "+r.pages.url())
		all = append(all, r.pages.listening)
	}
	for _, l := range all {
		if l.public() {
			lines = append(lines, fmt.Sprintf("ddinstrument: warning: whoever reaches %s can send traces and see them: "+
				"it is not an address of this machine alone, as 127.0.0.1 is", l.Addr()))
		}
	}
	return lines
}

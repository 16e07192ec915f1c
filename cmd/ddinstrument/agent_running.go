package main

import (
	"fmt"

	"github.com/ddinstrument/ddinstrument/agent"
)

// running is a development agent with all that it listens on.
type running struct {
	server *agent.Server
	saver  *agent.Saver
	traces []*listening
}

// startAgent listens wherever the flags say, or nowhere.
func startAgent(f agentFlags, memory int64) (*running, error) {
	r := &running{}
	for _, address := range f.listen {
		l, err := listen("--listen", address)
		if err != nil {
			r.unlisten()
			return nil, err
		}
		r.traces = append(r.traces, l)
	}
	server, err := agent.Start(agent.Options{Listener: join(r.traces), Memory: memory})
	if err != nil {
		r.unlisten()
		return nil, err
	}
	r.server = server
	return r, nil
}

// unlisten undoes a start that came to nothing.
func (r *running) unlisten() {
	for _, l := range r.traces {
		l.Close()
	}
}

// close ends what was started, and returns the first error.
func (r *running) close() (err error) {
	keep := func(e error) {
		if err == nil {
			err = e
		}
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
	all := []*listening{}
	for _, l := range r.traces {
		lines = append(lines, "ddinstrument: traces are received at "+l.url())
		all = append(all, l)
	}
	for _, l := range all {
		if l.public() {
			lines = append(lines, fmt.Sprintf("ddinstrument: warning: whoever reaches %s can send traces and see them: "+
				"it is not an address of this machine alone, as 127.0.0.1 is", l.Addr()))
		}
	}
	return lines
}

package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/overlay"
)

// browsed runs something that may send traces, and shows them in a browser
// meanwhile; in a terminal, until the user has seen enough.
func (a *app) browsed(b *overlay.Build, do func(env []string) (overlay.Status, error)) (err error) {
	if !b.Linked || a.agentThere() {
		if b.Linked {
			fmt.Fprintln(a.err, "ddinstrument: "+elsewhere())
		}
		a.status, err = do(a.env)
		return err
	}
	server, err := agent.Start(agent.Options{})
	if err != nil {
		return err
	}
	defer server.Close()
	// The usual address, so that a page that is open goes on with the next run.
	l, err := listenHost("--view=web", defaultUI)
	if err != nil {
		if l, err = listenHost("--view=web", "127.0.0.1:0"); err != nil {
			return err
		}
	}
	p := servePages(l, "", server.Store(), []string{server.URL()})
	defer p.close()
	fmt.Fprintf(a.err, "ddinstrument: look at the traces at %s\n", p.url())
	if a.status, err = do(append(a.env, "DD_TRACE_AGENT_URL="+server.URL())); err != nil {
		return err
	}
	if isTerminal(a.err) {
		a.stay(p.url())
	}
	return nil
}

// stay waits until the user has seen enough.
func (a *app) stay(url string) {
	ctx, stop := untilEnded(context.Background())
	defer stop()
	fmt.Fprintf(a.err, "ddinstrument: the program has ended; its traces are at %s until Ctrl-C\n", url)
	<-ctx.Done()
}

// elsewhere says where to look when the traces do not come here.
func elsewhere() string {
	client := &http.Client{Timeout: answerTime}
	var info struct{ Version string }
	if getJSON(context.Background(), client, "http://"+defaultUI+"/api/info", &info) == nil {
		return "the traces go to an agent; those of ddinstrument agent are at http://" + defaultUI
	}
	return "--view=web shows nothing here: the traces go to an agent, or are switched off (ddinstrument doctor says which)"
}

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/overlay"
	"github.com/ddinstrument/ddinstrument/runtime/agentaddr"
)

var viewFlag = map[string]bool{"view": true}

// answerTime is how long the agent has to accept a connection before it counts
// as not there.
const answerTime = 300 * time.Millisecond

// viewed runs something that may send traces. When no agent is there to take
// them, they are received here and shown at the end.
func (a *app) viewed(cmd *overlay.Command, b *overlay.Build, do func(env []string) (overlay.Status, error)) error {
	view := cmd.Own["view"]
	switch view {
	case "", "tree", "json", "off":
	case "web":
		return a.browsed(b, do)
	default:
		return fmt.Errorf("%w: --view is tree, json, web or off, not %q", overlay.ErrUsage, view)
	}
	var err error
	if view == "off" || !b.Linked || a.agentThere() {
		a.status, err = do(a.env)
		return err
	}
	server, err := agent.Start(agent.Options{})
	if err != nil {
		return err
	}
	a.status, err = do(append(a.env, "DD_TRACE_AGENT_URL="+server.URL()))
	if err != nil {
		server.Close()
		return err
	}
	if err := server.Close(); err != nil {
		fmt.Fprintf(a.err, "ddinstrument: %v\n", err)
	}
	return a.show(cmd, view, server)
}

// agentThere reports whether traces have somewhere to go: the user has said
// where, or something answers at the default address; or there will be none.
func (a *app) agentThere() bool {
	getenv := overlay.Getenv(a.env)
	if getenv("DD_TRACE_AGENT_URL") != "" {
		return true
	}
	if on, err := strconv.ParseBool(getenv("DD_TRACE_ENABLED")); err == nil && !on {
		return true
	}
	exists := func(path string) bool {
		_, err := os.Stat(path)
		return err == nil
	}
	if agentaddr.OTLPVariable(getenv, exists) != "" {
		return true
	}
	// What is wrong with the address is for the program's tracer to say.
	addr, _ := agentaddr.AgentURL(getenv, exists)
	return answers(addr.Network, addr.Address)
}

func (a *app) show(cmd *overlay.Command, view string, server *agent.Server) error {
	getenv := overlay.Getenv(a.env)
	traces := server.Traces()
	if view == "json" {
		return agent.WriteJSON(a.err, traces)
	}
	if len(traces) == 0 && cmd.Verb == "test" {
		return nil // the results may have come from the cache
	}
	dir, _ := filepath.Abs(cmd.Dir)
	opts := agent.TreeOptions{Dir: dir, Dropped: server.Dropped()}
	if f, ok := a.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		opts.Width, _, _ = term.GetSize(int(f.Fd()))
		opts.Color = a.colored(a.err)
	}
	if columns, err := strconv.Atoi(getenv("COLUMNS")); err == nil && opts.Width == 0 {
		opts.Width = columns
	}
	return agent.WriteTree(a.err, traces, opts)
}

// short is a file's name as the go command prints it: relative to where the
// command runs, if that is shorter.
func (a *app) short(cmd *overlay.Command, path string) string {
	dir, err := filepath.Abs(cmd.Dir)
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(dir, path)
	if err != nil || len(rel) >= len(path) {
		return path
	}
	if !strings.HasPrefix(rel, "..") {
		rel = "." + string(filepath.Separator) + rel
	}
	return rel
}

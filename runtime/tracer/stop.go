//go:build go1.21

package tracer

import (
	"context"
	"errors"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/config"
	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/transport"
)

// stopping is how long Stop waits for the agent.
const stopping = 5 * time.Second

// Stop sends what has finished (within 5 s) and ends tracing: spans started or finished from now on are not sent.
func Stop() {
	if set := current.Load(); set != nil && set.recorders != nil {
		set.recorders.stop()
		return
	}
	set := stop()
	if set == nil {
		return
	}
	set.warnOfOpen()
	ctx, cancel := context.WithTimeout(background, stopping)
	defer cancel()
	if err := set.sendAll(ctx); err != nil && !errors.Is(err, transport.ErrDown) {
		diag.Once("stop "+err.Error(), "not everything could be sent before tracer.Stop returned: %v", err)
	}
	for _, o := range set.outlets() {
		o.sender.Close()
	}
}

// stop puts an end to tracing and returns the settings that were in force, nil if there were to be no spans.
func stop() *settings {
	lifecycle.Lock()
	defer lifecycle.Unlock()
	set := current.Load()
	if set != nil && set.stopped {
		return nil
	}
	stopped := &settings{Config: &config.Config{}, off: true, stopped: true}
	if set != nil {
		stopped.Config = set.Config // what comes from other processes still goes on to others
	}
	install(stopped)
	if set.silent() {
		return nil
	}
	return set
}

//go:build go1.21

// Package tracer is what an instrumented program links: spans, the active span, and the way to the agent.
//
// All of it works without any set-up: the first span reads the environment (DD_SERVICE, DD_ENV, DD_TRACE_AGENT_URL
// and so on) and begins to send. Generated code uses the few types in generated.go; people use the rest.
//
// The package imports only the standard library, and of that nothing that may itself be traced (net/http,
// database/sql). It starts no goroutine that stays, reads the environment past the os package, and never blocks,
// panics or prints more than one line about one cause.
package tracer

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/ddinstrument/ddinstrument/runtime/agentaddr"
	"github.com/ddinstrument/ddinstrument/runtime/internal/config"
	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
	"github.com/ddinstrument/ddinstrument/runtime/internal/sampling"
	"github.com/ddinstrument/ddinstrument/runtime/internal/slot"
	"github.com/ddinstrument/ddinstrument/runtime/internal/transport"
)

// Version is the runtime's own, as the agent is told.
const Version = "0.1.0"

// settings is everything that a span needs to know from outside. It is never changed: a change is a new one behind
// current.
type settings struct {
	*config.Config
	sender  *transport.Sender
	peer    *peer // nil with OTLP
	sampler *sampling.Sampler
	filters *filters
	off     bool // no spans
	stopped bool // because of Stop

	service   *string            // the service of spans for which nothing else says one
	mapping   map[string]*string // DD_SERVICE_MAPPING
	runtimeID string
	processID float64

	tags    []tag    // DD_TAGS and what SetTags has set
	ours    *tagList // what spans of the program's service have: tags, env and version
	foreign *tagList // what spans of other services have: no version, but the name of the program's service

	wrap    *wrapHook // what SetWrap has set, or nil
	watched *watched  // for DD_TRACE_DEBUG and recordings, else nil

	launched  *launch    // what has started this process, or nil
	before    []outlet   // of tracers that this one has replaced
	recording *Recording // what takes the spans in place of the agent, or nil
	recorders *recorders // what is current while there are recordings has these, and is off
}

// The one tracer.
var (
	current   atomic.Pointer[settings] // nil before the first span
	disabled  atomic.Uint32            // not 0: there are to be no spans: what generated code looks at first
	lifecycle sync.Mutex               // held while current is replaced
)

// running returns the settings to start a span with, nil if there is to be none.
func running(name string) *settings {
	set := current.Load()
	if set == nil {
		set = startFromEnvironment()
	}
	if !set.off {
		return set
	}
	if set.recorders != nil {
		return set.recorders.running(name)
	}
	if set.stopped {
		diag.Once("stopped", afterStop, name)
		disabled.Store(1)
	}
	return nil
}

const afterStop = "span %s is started after tracer.Stop: it is not sent, and neither are any after it"

func startFromEnvironment() *settings {
	lifecycle.Lock()
	defer lifecycle.Unlock()
	if set := current.Load(); set != nil {
		return set
	}
	return install(newSettings(nil))
}

// install makes set the current one. lifecycle is held.
func install(set *settings) *settings {
	current.Store(set)
	none := uint32(0)
	if set.off && !set.stopped && set.recorders == nil { // after Stop, the next span is told first
		none = 1
	}
	disabled.Store(none)
	return set
}

// A StartOption is for Start: it goes before the environment.
type StartOption func(*config.Config)

// WithAgent sets the agent's address: http://host:port, https://host:port or unix:///path.
func WithAgent(url string) StartOption {
	return func(c *config.Config) {
		a, err := agentaddr.Parse(url)
		if err != nil {
			c.Problems = append(c.Problems, fmt.Sprintf("WithAgent(%q): %v; using %s", url, err, c.Agent.URL))
			return
		}
		c.Agent, c.OTLP = a, nil
	}
}

// WithService sets what DD_SERVICE would.
func WithService(service string) StartOption { return func(c *config.Config) { c.Service = service } }

// WithEnv sets what DD_ENV would.
func WithEnv(env string) StartOption { return func(c *config.Config) { c.Env = env } }

// WithVersion sets what DD_VERSION would.
func WithVersion(version string) StartOption { return func(c *config.Config) { c.Version = version } }

// Start reads the environment and begins to trace. It is optional, as the first span does the same, and serves to
// begin again after Stop or to set in code what the environment does not say. A tracer that runs is replaced; what
// waits in it is still sent.
func Start(options ...StartOption) {
	lifecycle.Lock()
	defer lifecycle.Unlock()
	before := current.Load()
	if before != nil && before.recorders != nil {
		before.recorders.restart(options)
		return
	}
	set := newSettings(options)
	set.inherit(before)
	if before != nil {
		set.replaces(before)
	}
	install(set)
	if before != nil && !before.off {
		before.sender.Retire()
	}
}

// inherit takes over what the program has set besides the environment.
func (set *settings) inherit(before *settings) {
	if before != nil {
		set.wrap = before.wrap
		set.filters.inherit(before.filters)
	}
}

// Flush sends what has finished so far and returns when the agent has it, or when ctx ends.
func Flush(ctx context.Context) error {
	set := inForce()
	if set.silent() {
		return nil
	}
	if ctx == nil {
		ctx = background
	}
	settleUnsent(ctx)
	return set.drain(ctx, false)
}

// SetTags sets tags of every span that is started from now on; a span's own tags win, and DD_ENV and DD_VERSION do too.
func SetTags(tags map[string]any) {
	change(func(set *settings) {
		for key, value := range tags {
			if t, ok := convert(key, value); ok {
				set.tags = withTag(set.tags, t)
			}
		}
		set.encodeTags()
	})
}

// change puts a changed copy in the place of the settings of a tracer that runs.
func change(edit func(*settings)) {
	if current.Load() == nil {
		startFromEnvironment()
	}
	lifecycle.Lock()
	defer lifecycle.Unlock()
	set := *current.Load()
	if set.recorders != nil {
		set.recorders.edit(edit)
		return
	}
	if !set.off {
		edit(&set)
		current.Store(&set)
	}
}

func newSettings(options []StartOption) *settings {
	slot.Init()
	tryNilPanic()
	c := config.FromEnvironment(programName())
	for _, o := range options {
		o(c)
	}
	for _, p := range c.Problems {
		diag.Once(p, "%s", p)
	}
	set := &settings{Config: c, filters: new(filters), off: !c.Enabled, runtimeID: newRuntimeID(), processID: float64(syscall.Getpid())}
	set.service = &c.Service
	for from, to := range c.Mapping {
		if set.mapping == nil {
			set.mapping = make(map[string]*string, len(c.Mapping))
		}
		to := to
		set.mapping[from] = &to
	}
	if to := set.mapping[c.Service]; to != nil {
		set.service = to
	}
	for _, t := range c.Tags {
		set.tags = append(set.tags, tag{key: t.Key, text: clip(t.Value)})
	}
	set.encodeTags()
	set.launched = newLaunch(c)
	if c.Debug {
		set.watched = new(watched)
	}
	if !set.off {
		if c.Startup {
			text := startupText(c)
			diag.Once(text, "%s", text)
		}
		set.sampler = sampling.NewSampler(c.Rules, sampling.NewLimiter(c.RateLimit))
		if c.OTLP != nil {
			set.sender = transport.New(set.otlpOptions())
		} else {
			set.peer = newPeer(set)
			set.sender = set.peer.sender
		}
	}
	return set
}

// encodeTags makes the two lists that spans have in common.
func (set *settings) encodeTags() {
	list := set.tags
	if set.Env != "" {
		list = withTag(list, tag{key: "env", text: set.Env})
	}
	set.ours, set.foreign = newTagList(list), newTagList(list)
	if set.Version != "" {
		set.ours = newTagList(withTag(list, tag{key: "version", text: set.Version}))
	}
	if set.OTLP == nil { // there the resource says it
		set.foreign = newTagList(withTag(list, tag{key: baseTag, text: set.Service}))
	}
}

// common returns the tags that every span of a service has.
func (set *settings) common(service string) *tagList {
	if service == set.Service || strings.EqualFold(service, set.Service) { // the agent makes no difference
		return set.ours
	}
	return set.foreign
}

// serviceNamed applies DD_SERVICE_MAPPING.
func (set *settings) serviceNamed(name string) *string {
	if to := set.mapping[name]; to != nil {
		return to
	}
	return &name
}

// siteService is serviceNamed without an allocation.
func (set *settings) siteService(site *Site) *string {
	if site.Library && set.OneService {
		return set.service
	}
	if set.mapping != nil {
		return set.serviceNamed(site.Service)
	}
	return &site.Service
}

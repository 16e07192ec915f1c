//go:build go1.21

// Package config reads the environment once into a value that nobody changes afterwards.
//
// It goes past the os package on purpose: the go command records which variables and files a test asks os for, to
// decide whether a cached result is still good, and tracing must not change that.
package config

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"github.com/ddinstrument/ddinstrument/runtime/agentaddr"
	"github.com/ddinstrument/ddinstrument/runtime/internal/files"
	"github.com/ddinstrument/ddinstrument/runtime/internal/filter"
	"github.com/ddinstrument/ddinstrument/runtime/internal/propagation"
	"github.com/ddinstrument/ddinstrument/runtime/internal/sampling"
)

// Tag is one entry of DD_TAGS.
type Tag struct{ Key, Value string }

// Config is what the environment says, with the defaults filled in.
type Config struct {
	Enabled     bool
	Debug       bool   // say more
	Startup     bool   // say once what is in force
	Service     string // never empty
	Env         string // "" is none
	Version     string // "" is none
	Tags        []Tag  // DD_TAGS without service, env and version; each key once
	Mapping     map[string]string
	OneService  bool // what libraries do is done by the program's service, not by one of a name of its own
	WideIDs     bool // 128-bit trace ids
	StackDepth  int  // frames of an error's stack
	ChunkSpans  int  // finished spans of an open trace that are sent ahead; 0: none are
	Inject      []propagation.Style
	Extract     propagation.Options
	BaggageTags []string        // items of the baggage that comes which become tags of the local root; "*": all
	LogIDs      bool            // logs are to say which span they are of
	Stats       bool            // spans are counted here, for an agent that takes statistics
	OldForm     bool            // v0.4 is sent even where the agent takes v1.0
	Rules       []sampling.Rule // of traces; the one for all that remain is the last
	RateLimit   float64         // of what they keep, traces a second; negative: none
	SpanRules   []sampling.Rule // of single spans of traces that are not kept
	Filter      *filter.Filter  // traces that are dropped here; nil: none are
	DropRules   []sampling.Rule // and others that are
	Agent       *agentaddr.Address
	OTLP        *OTLP    // where spans go in place of the agent, or nil
	Problems    []string // a line for every value that does not parse
}

// Values of the defaults that runtime.md documents.
const (
	defaultStackDepth = 30
	defaultChunkSpans = 300
)

// FromEnvironment reads the process's environment. The program's name is the service when nothing else says one.
func FromEnvironment(program string) *Config {
	return Read(func(name string) string {
		value, _ := syscall.Getenv(name)
		return value
	}, files.IsSocket, program)
}

// Read is FromEnvironment with what it looks at handed in.
func Read(getenv func(string) string, socketExists func(string) bool, program string) *Config {
	r := &reader{getenv: getenv}
	c := &Config{
		Enabled:    r.flag("DD_TRACE_ENABLED", !strings.EqualFold(strings.TrimSpace(getenv("OTEL_TRACES_EXPORTER")), "none")),
		Debug:      r.flag("DD_TRACE_DEBUG", false),
		Startup:    r.flag("DD_TRACE_STARTUP_LOGS", false), // as in Python; a command should not write what nobody asked for
		Service:    either(getenv("DD_SERVICE"), getenv("OTEL_SERVICE_NAME")),
		Env:        getenv("DD_ENV"),
		Version:    getenv("DD_VERSION"),
		Mapping:    r.pairs("DD_SERVICE_MAPPING"),
		OneService: r.flag("DD_TRACE_REMOVE_INTEGRATION_SERVICE_NAMES_ENABLED", false),
		WideIDs:    r.flag("DD_TRACE_128_BIT_TRACEID_GENERATION_ENABLED", true),
		StackDepth: r.number("DD_TRACE_SPAN_TRACEBACK_MAX_SIZE", defaultStackDepth, 0, 1000),
		LogIDs:     r.flag("DD_LOGS_INJECTION", true),
		Stats:      r.flag("DD_TRACE_STATS_COMPUTATION_ENABLED", true),
		OldForm:    r.choice("DD_TRACE_AGENT_PROTOCOL_VERSION", "1.0", "0.4") == "0.4",
	}
	if r.flag("DD_TRACE_PARTIAL_FLUSH_ENABLED", true) {
		c.ChunkSpans = r.number("DD_TRACE_PARTIAL_FLUSH_MIN_SPANS", defaultChunkSpans, 1, 100000)
	}
	c.Inject, c.Extract = r.propagation()
	c.BaggageTags = r.baggageTags()
	r.sampling(c)
	c.Filter = r.filter()
	r.destination(c, socketExists)
	r.identity(c)
	if c.Service == "" {
		c.Service = program
	}
	c.Problems = r.problems
	return c
}

// destination reads where the spans go.
func (r *reader) destination(c *Config, socketExists func(string) bool) {
	agent, err := agentaddr.AgentURL(r.getenv, socketExists)
	if err != nil {
		r.problems = append(r.problems, fmt.Sprintf("%v; using %s", err, agent.URL))
	}
	c.Agent = agent
	c.OTLP = r.otlp(socketExists, agent.URL)
}

// identity reads what all spans have. OTEL_RESOURCE_ATTRIBUTES fills in what the others leave open; what else it says
// belongs to OTLP's resource, or is as good as DD_TAGS.
func (r *reader) identity(c *Config) {
	tags := r.tags("DD_TAGS")
	c.takeTags(tags)
	known, rest := r.resource()
	c.takeTags(known)
	if c.OTLP != nil {
		c.OTLP.Resource = rest
	} else if tags == nil {
		c.takeTags(rest)
	}
}

// takeTags sorts DD_TAGS into the fields that have variables of their own, which win, and the rest.
func (c *Config) takeTags(tags []Tag) {
	for _, t := range tags {
		switch t.Key {
		case "service":
			c.Service = either(c.Service, t.Value)
		case "env":
			c.Env = either(c.Env, t.Value)
		case "version":
			c.Version = either(c.Version, t.Value)
		default:
			c.Tags = setTag(c.Tags, t)
		}
	}
}

func setTag(tags []Tag, t Tag) []Tag {
	for i := range tags {
		if tags[i].Key == t.Key {
			tags[i].Value = t.Value
			return tags
		}
	}
	return append(tags, t)
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// reader reads single variables and collects what is wrong with them.
type reader struct {
	getenv   func(string) string
	problems []string
}

func (r *reader) bad(name, value, why string, used any) {
	r.problems = append(r.problems, fmt.Sprintf("%s=%q: %s; using %v", name, value, why, used))
}

func (r *reader) flag(name string, standard bool) bool {
	text := r.getenv(name)
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "":
		return standard
	case "true", "1", "t", "yes", "on":
		return true
	case "false", "0", "f", "no", "off":
		return false
	}
	r.bad(name, text, "neither true nor false", standard)
	return standard
}

// choice reads one of several words, of which the first is the standard.
func (r *reader) choice(name string, words ...string) string {
	text := strings.TrimSpace(r.getenv(name))
	for _, w := range words {
		if text == w {
			return w
		}
	}
	if text != "" {
		r.bad(name, text, "not "+strings.Join(words, " or "), words[0])
	}
	return words[0]
}

func (r *reader) number(name string, standard, low, high int) int {
	text := r.getenv(name)
	if text == "" {
		return standard
	}
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < low || n > high {
		r.bad(name, text, fmt.Sprintf("not a number from %d to %d", low, high), standard)
		return standard
	}
	return n
}

// pairs reads from:to,from:to; the last one wins, one that is no pair is left out and told.
func (r *reader) pairs(name string) map[string]string {
	text := r.getenv(name)
	if text == "" {
		return nil
	}
	m := make(map[string]string)
	for _, part := range strings.Split(text, ",") {
		from, to, ok := strings.Cut(part, ":")
		from, to = strings.TrimSpace(from), strings.TrimSpace(to)
		if !ok || from == "" || to == "" {
			r.bad(name, text, fmt.Sprintf("%q is not FROM:TO", part), "the rest")
			continue
		}
		m[from] = to
	}
	return m
}

// tags reads key:value pairs, separated by commas, or by spaces where there is no comma, as every Datadog tracer does.
func (r *reader) tags(name string) []Tag {
	text := strings.TrimSpace(r.getenv(name))
	if text == "" {
		return nil
	}
	parts := strings.Fields(text)
	if strings.Contains(text, ",") {
		parts = strings.Split(text, ",")
	}
	var tags []Tag
	for _, part := range parts {
		key, value, _ := strings.Cut(strings.TrimSpace(part), ":")
		if key = strings.TrimSpace(key); key == "" {
			if strings.TrimSpace(part) != "" {
				r.bad(name, text, fmt.Sprintf("%q has no key", part), "the rest")
			}
			continue
		}
		tags = append(tags, Tag{key, strings.TrimSpace(value)})
	}
	return tags
}

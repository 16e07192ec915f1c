package agent

import (
	"maps"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Traces for tests are sketched as text: a line for each span, children
// indented by two spaces, traces apart by an empty line.
//
//	NAME START DURATION [KEY=VALUE ...]
//
// A VALUE may be a Go string literal. Keys that begin with @ are fields:
// @service (else the parent's), @resource, @type, @error, @parent (an id,
// instead of the nesting), @times=N with @step=DURATION (the span N times,
// without children), @traces=N with @step (the trace N times, on its root).
// A key that begins with # is a metric, every other one a tag.

var sketchWord = regexp.MustCompile(`[^\s="]+(?:="(?:[^"\\]|\\.)*"|=\S*)?`)

type sketch struct {
	t      *testing.T
	nextID uint64
	traces []Trace
	spans  []Span // of the trace in work
	copies int
	step   time.Duration
}

// sketchEpoch is when sketched traces start.
const sketchEpoch = 1_700_000_000_000_000_000

func parseSketch(t *testing.T, text string) []Trace {
	t.Helper()
	s := &sketch{t: t}
	var open []Span // the line above and those it is nested in
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			s.endTrace()
			open = nil
			continue
		}
		depth := (len(line) - len(strings.TrimLeft(line, " "))) / 2
		if depth > len(open) {
			t.Fatalf("too deep: %s", line)
		}
		open = open[:depth]
		span := s.line(line, open)
		open = append(open, span)
	}
	s.endTrace()
	return s.traces
}

func (s *sketch) line(line string, open []Span) Span {
	words := sketchWord.FindAllString(line, -1)
	if len(words) < 3 {
		s.t.Fatalf("NAME START DURATION expected: %s", line)
	}
	s.nextID++
	span := Span{
		SpanID: s.nextID, Name: words[0], Resource: words[0],
		Start:    sketchEpoch + int64(s.duration(words[1])),
		Duration: int64(s.duration(words[2])),
		Meta:     map[string]string{}, Metrics: map[string]float64{},
	}
	if len(open) > 0 {
		parent := open[len(open)-1]
		span.ParentID, span.Service = parent.SpanID, parent.Service
	}
	times, step := 1, time.Duration(0)
	for _, word := range words[3:] {
		key, value, _ := strings.Cut(word, "=")
		if unquoted, err := strconv.Unquote(value); err == nil {
			value = unquoted
		}
		switch key {
		case "@times":
			times = int(s.number(value))
		case "@traces":
			s.copies = int(s.number(value))
		case "@step":
			step = s.duration(value)
			s.step = step
		default:
			s.set(&span, key, value)
		}
	}
	for i := range times {
		again := span
		again.SpanID += uint64(i)
		again.Start += int64(i) * int64(step)
		s.spans = append(s.spans, again)
	}
	s.nextID += uint64(times - 1)
	return span
}

func (s *sketch) set(span *Span, key, value string) {
	switch key {
	case "@service":
		span.Service = value
	case "@resource":
		span.Resource = value
	case "@type":
		span.Type = value
	case "@error":
		span.Error = 1
	case "@parent":
		span.ParentID = uint64(s.number(value))
	default:
		if metric, ok := strings.CutPrefix(key, "#"); ok {
			span.Metrics[metric] = s.number(value)
			return
		}
		span.Meta[key] = value
	}
}

// endTrace closes the trace in work, and copies it if that was asked for.
func (s *sketch) endTrace() {
	for i := range max(s.copies, 1) {
		if len(s.spans) == 0 {
			break
		}
		id := uint64(len(s.traces) + 1)
		trace := Trace{ID: id}
		for _, span := range s.spans {
			span.TraceID = id
			span.Start += int64(i) * int64(s.step)
			span.Meta = maps.Clone(span.Meta)
			trace.Spans = append(trace.Spans, span)
		}
		s.traces = append(s.traces, trace)
	}
	s.spans, s.copies = nil, 0
}

func (s *sketch) duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

func (s *sketch) number(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return f
}

package agents

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/DataDog/datadog-agent/pkg/proto/pbgo/trace/idx"
	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// TestForms has the same chunks sent in both forms, to an agent that says it takes v1.0 and then does not: the real
// agent's code makes the same of both, field by field and tag by tag.
func TestForms(t *testing.T) {
	for name, trace := range cases {
		t.Run(name, func(t *testing.T) {
			bodies := turningDown(t)
			trace()
			flush(t)
			tracer.Stop()
			var old, now idx.InternalTracerPayload
			if _, err := old.UnmarshalMsgConverted(bodies[v04]); err != nil {
				t.Fatalf("v0.4: %v", err)
			}
			if _, err := now.UnmarshalMsg(bodies[v10]); err != nil {
				t.Fatalf("v1.0: %v", err)
			}
			a, b := describe(t, &old), describe(t, &now)
			for _, line := range a {
				if !slices.Contains(b, line) {
					t.Errorf("only of v0.4: %.300s", line)
				}
			}
			for _, line := range b {
				if !slices.Contains(a, line) {
					t.Errorf("only of v1.0: %.300s", line)
				}
			}
			t.Logf("%d bytes of v0.4, %d of v1.0", len(bodies[v04]), len(bodies[v10]))
		})
	}
}

// turningDown starts such an agent and the tracer, and returns the first request of each form once it no longer takes v1.0.
func turningDown(t *testing.T) (bodies map[string][]byte) {
	bodies = map[string][]byte{}
	var mu sync.Mutex
	met := false
	agent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if met && bodies[r.URL.Path] == nil {
			bodies[r.URL.Path] = body
		}
		switch {
		case r.URL.Path == "/info":
			fmt.Fprintf(w, `{"endpoints":[%q,%q]}`, v04, v10)
		case r.URL.Path == v10 && met:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(agent.Close)
	startTracer(t, agent.URL)
	meet(t)
	mu.Lock()
	defer mu.Unlock()
	met = true
	return bodies
}

// describe says everything that a payload says, a line for each thing.
func describe(t *testing.T, p *idx.InternalTracerPayload) (lines []string) {
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	say("env %s, version %s, host %s, %d chunks", p.Env(), p.AppVersion(), p.Hostname(), len(p.Chunks))
	say("%v", texts(p.Strings, p.Attributes))
	for i, c := range p.Chunks {
		say("%d: trace %x, priority %d, mechanism %d, origin %q, %v", i, c.TraceID, c.Priority, c.SamplingMechanism(), c.Origin(), texts(p.Strings, c.Attributes))
		for j, s := range c.Spans {
			id := fmt.Sprintf("%d.%d", i, j)
			say("%s: %d %d %d %d %v", id, s.SpanID(), s.ParentID(), s.Start(), s.Duration(), s.Error())
			say("%s: %q %q %q %q", id, s.Service(), s.Name(), s.Resource(), s.Type())
			say("%s: env %q, version %q, component %q, kind %q", id, s.Env(), s.Version(), s.Component(), s.SpanKind())
			for _, l := range s.Links() {
				say("%s: link to %x %d %q %x %q", id, l.TraceID(), l.SpanID(), l.Tracestate(), l.Flags(), texts(p.Strings, l.Attributes()))
			}
			for _, e := range s.Events() {
				m := map[string]string{}
				for ref, v := range e.Attributes() {
					m[p.Strings.Get(ref)] = v.AsString(p.Strings)
				}
				say("%s: event %d %q %q", id, e.Time(), e.Name(), m)
			}
			for ref, v := range s.Attributes() {
				switch key := p.Strings.Get(ref); key {
				case "_dd.convertedv1", "env", "version", "component", "span.kind": // the agent's own, and fields
				case "events":
					for _, line := range eventsOf(t, v.AsString(p.Strings)) {
						say("%s: event %s", id, line)
					}
				default:
					say("%s: %q: %T %q", id, key, v.Value, v.AsString(p.Strings))
				}
			}
		}
	}
	return lines
}

// eventsOf reads the tag of v0.4.
func eventsOf(t *testing.T, text string) (lines []string) {
	var list []struct {
		Time       json.Number `json:"time_unix_nano"`
		Name       string
		Attributes map[string]any
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&list); err != nil {
		t.Errorf("events %s: %v", text, err)
	}
	for _, e := range list {
		m := map[string]string{}
		for key, v := range e.Attributes {
			m[key] = strings.ReplaceAll(fmt.Sprint(v), " ", ",")
			if s, ok := v.(string); ok {
				m[key] = s
			}
		}
		lines = append(lines, fmt.Sprintf("%s %q %q", e.Time, e.Name, m))
	}
	return lines
}

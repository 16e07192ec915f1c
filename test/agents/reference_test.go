package agents

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	reference "github.com/DataDog/dd-trace-go/v2/ddtrace/tracer"
	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// What makes this test's binary one of the programs, traced by one of the two.
const (
	referenceVariable = "AGENTS_REFERENCE"
	clientVariable    = "AGENTS_CLIENT"
	protocolVariable  = "DD_TRACE_AGENT_PROTOCOL_VERSION"
)

// referenceProgram is the program that the environment names.
func referenceProgram() {
	c := clients[os.Getenv(clientVariable)]()
	p := programs[os.Getenv(referenceVariable)]
	if p.rates || os.Getenv(protocolVariable) == "1.0" { // the agent, and its rates, must be known
		_, s := c.start(bg, "first", options{})
		s.finish(nil)
		tracer.Flush(bg)
		reference.Flush() // which does not wait for an answer
		time.Sleep(100 * time.Millisecond)
	}
	p.run(c)
	c.stop()
}

// TestReference runs the same programs traced by the runtime and by dd-trace-go: what comes out of the agent is the same
// in every field and tag, but for those that are listed, with the reason.
func TestReference(t *testing.T) {
	in := startIntake(t)
	agent := startAgent(t, in)
	ran := 0
	for _, version := range []string{"0.4", "1.0"} {
		for _, name := range slices.Sorted(maps.Keys(programs)) {
			p := programs[name]
			if p.newOnly && version != "1.0" {
				continue
			}
			t.Run(version+"/"+name, func(t *testing.T) {
				ran++
				got := tracedBy(t, "ours", name, in, agent, version)
				want := tracedBy(t, "theirs", name, in, agent, version)
				for path, w := range want {
					if g, ok := got[path]; ok {
						contrast(t, name, path, g, w)
					} else {
						t.Errorf("%s: only theirs", path)
					}
				}
				for path := range got {
					if _, ok := want[path]; !ok {
						t.Errorf("%s: only ours", path)
					}
				}
			})
		}
	}
	if ran < 2*len(programs)-1 { // but for the one in v1.0 only
		return
	}
	for _, a := range aparts {
		if !a.used {
			t.Errorf("they are no longer apart in %s (%s)", a.where, a.reason)
		}
	}
}

// tracedBy runs a program and returns its spans, by their paths from the root.
func tracedBy(t *testing.T, client, name string, in *intake, agent, version string) map[string]map[string]string {
	t.Helper()
	p := programs[name]
	tap := startTap(t, agent)
	rate := 1.0
	if p.rates {
		rate = 0.5
	}
	tap.answer(fmt.Sprintf(`{"rate_by_service":{"service:,env:":1,"service:agents,env:ci":%v}}`, rate))
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), clientVariable+"="+client, referenceVariable+"="+name, protocolVariable+"="+version, "DD_TRACE_AGENT_URL="+tap.URL,
		"DD_SERVICE=agents", "DD_ENV=ci", "DD_VERSION=1.2.3",
		"DD_TRACE_STARTUP_LOGS=false", "DD_INSTRUMENTATION_TELEMETRY_ENABLED=false", "DD_REMOTE_CONFIGURATION_ENABLED=false")
	if p.dropped { // what is dropped is sent only to agents that count themselves
		cmd.Env = append(cmd.Env, "DD_TRACE_STATS_COMPUTATION_ENABLED=false")
	}
	cmd.Env = append(cmd.Env, p.env...)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Logf("%s: %v\n%s", client, err, out)
	}
	chunks := tap.sent(t)
	if path := "/v" + version + "/traces"; tap.requests[path] == 0 {
		t.Errorf("%s: requests by path: %v", client, tap.requests)
	}
	if !p.dropped {
		chunks = in.waitFor(t, chunks)
	}
	return byPath(chunks)
}

// waitFor returns the chunks that come out with spans that have been sent.
func (in *intake) waitFor(t *testing.T, sent []chunk) (chunks []chunk) {
	t.Helper()
	missing := map[uint64]bool{}
	for _, c := range sent {
		for id := range c.spans {
			missing[id] = true
		}
	}
	for seen := 0; len(missing) > 0; {
		list := in.wait(t, seen+1)
		for _, c := range list[seen:] {
			ours := false
			for id := range c.spans {
				ours = ours || missing[id]
				delete(missing, id)
			}
			if ours {
				chunks = append(chunks, c)
			}
		}
		seen = len(list)
	}
	return chunks
}

// byPath names each span by the names of those above it, and says everything of it but what differs from run to run.
func byPath(chunks []chunk) map[string]map[string]string {
	all, of := map[uint64]span{}, map[uint64]chunk{}
	for _, c := range chunks {
		for id, s := range c.spans {
			all[id], of[id] = s, c
		}
	}
	var path func(id uint64) string
	path = func(id uint64) string {
		s, ok := all[id]
		if !ok {
			return ""
		}
		return path(s.parent) + "/" + s.name
	}
	ids := slices.SortedFunc(maps.Keys(all), func(a, b uint64) int { return cmp.Compare(all[a].start, all[b].start) })
	named := map[string]map[string]string{}
	for _, id := range ids {
		name := path(id)
		if name == "/first" { // of referenceProgram
			continue
		}
		for n := 1; named[name] != nil; n++ {
			name = fmt.Sprint(path(id), " ", n)
		}
		named[name] = everything(all[id], of[id], of, path)
	}
	return named
}

func everything(s span, c chunk, of map[uint64]chunk, path func(uint64) string) map[string]string {
	said := map[string]string{
		"service": s.service, "resource": s.resource, "type": s.typ, "failed": fmt.Sprint(s.failed),
		"spans": fmt.Sprint(len(c.spans)), "priority": fmt.Sprint(c.priority), "mechanism": fmt.Sprint(c.mechanism), "origin": c.origin, "links": s.links,
	}
	if _, ok := of[s.parent]; !ok {
		said["remote parent"] = fmt.Sprint(s.parent)
		if s.parent != 0 {
			said["trace"] = fmt.Sprintf("%x %x", c.high, c.low)
		} else {
			said["trace"] = fmt.Sprintf("of 128 bits: %v, zeros in the middle: %v", c.high != 0, uint32(c.high) == 0)
		}
	}
	for id, c := range of {
		said["links"] = strings.ReplaceAll(said["links"], fmt.Sprintf("%x %x %x ", c.high, c.low, id), path(id)+" ")
	}
	for key, value := range s.meta {
		said["meta "+key] = value
	}
	for key, value := range s.metrics {
		said["metric "+key] = fmt.Sprint(value)
	}
	return said
}

// contrast says in what two spans differ, unless that is as it should be.
func contrast(t *testing.T, program, path string, ours, theirs map[string]string) {
	t.Helper()
	keys := maps.Clone(ours)
	maps.Copy(keys, theirs)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		o, inOurs := ours[key]
		w, inTheirs := theirs[key]
		if o == w && inOurs == inTheirs {
			continue
		}
		if a := explained(program+path+": "+key, o, w); a != nil {
			a.used = true
		} else {
			t.Errorf("%s: %s: ours %.300q (%v), theirs %.300q (%v)", path, key, o, inOurs, w, inTheirs)
		}
	}
}

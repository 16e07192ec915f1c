package agents

import (
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// filterVariables are what the agent and the runtime both read.
var filterVariables = []string{ignoreVariable, rejectVariable, requireVariable, rejectPatternVariable, requirePatternVariable}

// randomFilters makes settings up, few enough of each kind that something is left to come through. None is about _dd.p.dm,
// which the runtime sets after its filters have looked.
func randomFilters(r *rand.Rand) map[string]string {
	list := func(separator string, n int, of ...string) string {
		r.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
		return strings.Join(of[:n], separator)
	}
	some := func(n int, of ...string) string { return list(" ", n, of...) }
	return map[string]string{
		ignoreVariable:         list(",", r.Intn(3), "^GET /health$", "health$", "(?i)get /A$", "/b", "^DELETE", "POST.*[0-9]+$"),
		rejectVariable:         some(r.Intn(3), "a:1", "a:two", "flag", "flag:false", "http.url:http://x/y?z", "b:x", "number:7", "version:1.2.3", "none"),
		rejectPatternVariable:  some(r.Intn(2), "c:^x", "c:y$", "d:.", "d", "span.kind:^(client|server)$"),
		requireVariable:        some(r.Intn(3)/2, "a", "flag:true", "env:ci", "language:go", "component"),
		requirePatternVariable: some(r.Intn(3)/2, "c:[xy]", "b", "number2:.", "runtime-id:-", "_dd.p.tid:^6", "http.url:^http:"),
	}
}

// fields are values of the tags that are fields in v1.0, where the agent takes an empty one for a tag that is there.
var fields = map[string]any{"span.kind": "internal", "component": "gin", "env": "ci", "version": "2"}

// randomTraces makes traces with numbers from 1 on. Agents that make v1.0 of all that comes look at numbers as if they were
// texts, which the runtime and older agents do not: if they are indexed so, there are none, and all fields are set.
func randomTraces(r *rand.Rand, n int, indexed bool) {
	one := func(of ...any) any { return of[r.Intn(len(of))] }
	for i := range n {
		ctx, root := tracer.Trace(bg, fmt.Sprint("root", i%3), tracer.Resource(one("GET /health", "GET /a", "GET /health/b", "POST /b/12", "POST /c", "").(string)))
		tags := map[string]any{
			"a": one("1", "two", 1, "", nil), "flag": one(true, false, nil, nil), "b": one("x", "y", 5, nil), "c": one("x1", "1y", "z", nil),
			"d": one("", "z", nil, nil, 4.5), "number": one(7, "7", nil, nil), "number2": one(7, "7"), "http.url": one("http://x/y?z", "http://x/y", nil),
			"span.kind": one("client", "internal", nil), "component": one("gin", nil), "env": one("ci", nil), "version": one("2", nil, nil, nil),
		}
		for _, key := range slices.Sorted(maps.Keys(tags)) {
			value := tags[key]
			if indexed {
				switch v := value.(type) {
				case int, float64:
					value = fmt.Sprint(v)
				case nil:
					value = fields[key]
				}
			}
			root.SetTag(key, value)
		}
		_, child := tracer.Trace(ctx, fmt.Sprint("trace", i+1), tracer.Tag("flag", "true"), tracer.Resource("GET /health"))
		child.Finish()
		root.Finish()
	}
}

const traces = 300

// comeThrough returns the names of those that come through to the intake.
func comeThrough(t *testing.T, in *intake, url string, seed int64, indexed bool) (kept []string) {
	t.Helper()
	startTracer(t, url)
	meet(t)
	randomTraces(rand.New(rand.NewSource(seed)), traces, indexed)
	tracer.Stop()
	in.end()
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, c := range in.chunks {
		for _, s := range c.spans {
			if strings.HasPrefix(s.name, "trace") {
				kept = append(kept, s.name)
			}
		}
	}
	slices.Sort(kept)
	return kept
}

// TestFilterVerdicts: the runtime's filters let the same traces through as the agent's, whatever they are set to.
func TestFilterVerdicts(t *testing.T) {
	for _, c := range []struct {
		name   string
		hidden []string
		env    []string
	}{
		{"v0.4 to an agent without v1.0", []string{v10}, []string{legacyVariable + "=1"}}, {"v0.4", []string{v10}, nil}, {"v1.0", nil, nil},
	} {
		for seed := range int64(16) {
			t.Run(fmt.Sprintf("%s/%d", c.name, seed), func(t *testing.T) {
				t.Setenv("DD_TRACE_STATS_COMPUTATION_ENABLED", "false") // else it would drop what the agent says it drops
				filters := randomFilters(rand.New(rand.NewSource(seed)))
				env, indexed := slices.Clone(c.env), c.env == nil
				for _, name := range filterVariables {
					env = append(env, name+"="+filters[name])
				}
				theirs := startIntake(t)
				byAgent := comeThrough(t, theirs, startTap(t, startAgent(t, theirs, env...), c.hidden...).URL, seed, indexed)
				ours := startIntake(t)
				agent := startAgent(t, ours, c.env...)
				for name, value := range filters {
					t.Setenv(name, value)
				}
				byUs := comeThrough(t, ours, startTap(t, agent, c.hidden...).URL, seed, indexed)
				t.Logf("%q: %d of %d come through", filters, len(byAgent), traces)
				for _, name := range byAgent {
					if !slices.Contains(byUs, name) {
						t.Errorf("only the runtime drops %s", name)
					}
				}
				for _, name := range byUs {
					if !slices.Contains(byAgent, name) {
						t.Errorf("only the agent drops %s", name)
					}
				}
			})
		}
	}
}

// TestFilteredUncounted: where the agent takes statistics, what it drops is neither sent nor in them, and all else is, once.
func TestFilteredUncounted(t *testing.T) {
	for _, hidden := range [][]string{{v10}, nil} {
		t.Run(fmt.Sprint(hidden), func(t *testing.T) {
			in := startIntake(t)
			p := startTap(t, startAgent(t, in, ignoreVariable+"=health", rejectVariable+"=flag:true", requireVariable+"=c", rejectPatternVariable+"=a:^t"), hidden...)
			kept := comeThrough(t, in, p.URL, 1, true)
			if n := len(p.sent(t)) - 1; n != len(kept) || n < 10 || n > traces/2 { // the first one is sent before the agent is known
				t.Errorf("%d traces have been sent, %d come out", n, len(kept))
			}
			hits := 0
			for _, s := range sums(t, in.counted(t)) {
				hits += int(s.hits)
			}
			if hits != len(kept) {
				t.Errorf("%d hits, not %d", hits, len(kept))
			}
		})
	}
}

package logs

import (
	"testing"

	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

// TestExec has a program start itself as a command, in all the ways that give it an environment.
func TestExec(t *testing.T) {
	p := libtest.Program{Package: "./appexec"}
	exe := libtest.Build(t, p)
	r := libtest.Exec(t, exe, p)
	const shown = `outside: 
plain: TRACEPARENT TRACESTATE
context: TRACEPARENT TRACESTATE
environment: OWN=1 TRACEPARENT TRACESTATE
left alone: true true 0
shows: TRACEPARENT=mine
empty: TRACEPARENT TRACESTATE
nested: TRACEPARENT TRACESTATE
grandchild: TRACEPARENT TRACESTATE
true 0
elsewhere: TRACEPARENT TRACESTATE
`
	if r.Code != 0 || r.Stderr != "" || r.Stdout != shown {
		t.Errorf("exit status %d, printed\n%s%s\nwant\n%s", r.Code, r.Stdout, r.Stderr, shown)
	}
	const want = `app work "outside"
app parent "parent"
  app work "plain"
  app work "context"
  app work "environment"
  app work "empty"
  app work "nested"
    app work "grandchild"
  app other "other"
    app work "elsewhere"
`
	if got := trees(r); got != want {
		t.Errorf("traces:\n%s\nwant:\n%s", got, want)
	}

	// Given by its own parent, handed on; and no more of it than that.
	p.Env = []string{"TRACEPARENT=00-0000000000000000000000000000007b-00000000000001c8-01", "BAGGAGE=user=7"}
	r = libtest.Exec(t, exe, p)
	for _, s := range r.Spans() {
		if s.TraceID != 123 || s.ParentID == 0 || (s.Name == "parent" || s.Resource == "outside") != (s.ParentID == 456) {
			t.Errorf("%s %s is a child of %d in trace %d", s.Name, s.Resource, s.ParentID, s.TraceID)
		}
	}

	p.Env = append(p.Env, "DD_TRACE_PROPAGATION_STYLE_INJECT=none", "DD_TRACE_PROPAGATION_STYLE_EXTRACT=none")
	r = libtest.Exec(t, exe, p)
	if n := len(r.Traces); n != 9 {
		t.Errorf("without propagation there are %d traces", n)
	}

	plain := libtest.Run(t, libtest.Program{Package: "./appexec", Plain: true})
	const none = `outside: 
plain: 
context: 
environment: OWN=1
left alone: true true 0
shows: TRACEPARENT=mine
empty: 
nested: 
grandchild: 
true 0
elsewhere: 
`
	if plain.Stdout != none {
		t.Errorf("untraced it printed\n%s", plain.Stdout)
	}
}

func trees(r libtest.Result) (list string) {
	for _, t := range r.Traces {
		list += libtest.Tree(t.Spans)
	}
	return list
}

//go:build go1.21

package tracer

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
)

func conformB1(t *testing.T) {
	r := record(t)
	run := func() []recorded {
		ctx, root := Trace(bg, "cake.make")
		root.SetService("baker")
		root.SetResource("cake")
		_, mix := Trace(ctx, "cake.mix")
		mix.Finish()
		_, bake := Trace(ctx, "cake.bake")
		bake.Finish()
		root.Finish()
		return r.one(t)
	}
	first := run()
	equal(t, "spans", names(first), "cake.make cake.make>cake.mix cake.make>cake.bake")
	for i, resource := range []string{"cake", "cake.mix", "cake.bake"} {
		equal(t, "service", first[i].Service, "baker")
		equal(t, "resource", first[i].Resource, resource)
	}
	if second := run(); second[0].Trace == first[0].Trace {
		t.Error("two traces with one id")
	}
}

func conformB2(t *testing.T) {
	r := record(t)
	ctx, a := Trace(bg, "a")
	ctx, b := Trace(ctx, "b", Service("m"))
	ctx, c := Trace(ctx, "c")
	_, d := Trace(ctx, "d", Service("x"))
	for _, s := range []*Span{d, c, b, a} {
		s.Finish()
	}
	var services []string
	for _, s := range r.one(t) {
		services = append(services, s.Service)
	}
	equal(t, "services", strings.Join(services, " "), "conf m m x")
}

func conformB3(t *testing.T) {
	for _, c := range []struct{ mapping, service, want string }{
		{"foo:bar,sna:fu", "foo", "bar"},
		{"foo:bar,sna:fu", "sna", "fu"},
		{"foo:bar,foo:foobar", "foo", "foobar"},
		{"foo;bar,sna:fu", "foo", "foo"},
		{"foo;bar,sna:fu", "sna", "fu"},
	} {
		r := record(t, "DD_SERVICE_MAPPING="+c.mapping)
		_, s := Trace(bg, "s", Service(c.service))
		s.Finish()
		site := Site{Name: "s", Service: c.service}
		site.EnterGoroutine().Exit(nil)
		for _, chunk := range r.traces(t) {
			equal(t, c.mapping, chunk[0].Service, c.want)
		}
	}
}

func conformB4(t *testing.T) {
	r := record(t)
	check := func(ctx context.Context, span, root *Span) {
		t.Helper()
		equal(t, "current by context", CurrentSpan(ctx), span)
		equal(t, "current by goroutine", CurrentSpan(nil), span)
		equal(t, "root", CurrentRootSpan(ctx), root)
	}
	c1, s1 := Trace(bg, "s1")
	check(c1, s1, s1)
	c2, s2 := Trace(c1, "s2")
	check(c2, s2, s1)
	c3, s3 := Trace(c2, "s3")
	check(c3, s3, s1)
	s3.Finish()
	check(c2, s2, s1)
	s2.Finish()
	check(c1, s1, s1)
	c4, s4 := Trace(c1, "s4")
	check(c4, s4, s1)
	s4.Finish()
	check(c1, s1, s1)
	s1.Finish()
	check(c1, nil, nil)
	first := r.one(t)
	equal(t, "spans", names(first), "s1 s1>s2 s2>s3 s1>s4")
	_, s := Trace(bg, "s")
	s.Finish()
	if r.span(t).Trace == first[0].Trace {
		t.Error("two traces with one id")
	}
}

func conformB5(t *testing.T) {
	record(t)
	equal(t, "current", CurrentSpan(bg), nil)
	equal(t, "root", CurrentRootSpan(nil), nil)
	var s *Span
	s.SetTag("a", 1)
	s.SetTags(map[string]any{"a": 1})
	s.SetError(errors.New("x"))
	s.SetError(nil)
	s.SetName("n")
	s.SetService("s")
	s.SetResource("r")
	s.OnFinish(func(*Span) {})
	s.Finish()
	err := errors.New("x")
	s.Finish(&err)
	var c *Call
	c.Tag("a", func() any { panic("called") })
	c.Resource(func() any { panic("called") })
	c.Exit(&err)
	c.ExitWith(&err, func() []any { panic("called") }, func() { panic("called") })
}

func conformB6(t *testing.T) {
	r := record(t)
	p := StartSpan("p")
	equal(t, "current", CurrentSpan(nil), nil)
	c := StartSpan("c", ChildOf(p))
	equal(t, "current", CurrentSpan(nil), nil)
	c.Finish()
	p.Finish()
	equal(t, "spans", names(r.one(t)), "p p>c")

	StartSpan("one").Finish()
	StartSpan("two").Finish()
	equal(t, "traces", len(r.traces(t)), 2)

	ctx, active := Trace(bg, "active")
	side := StartSpan("side", ChildOf(active))
	equal(t, "current", CurrentSpan(ctx), active)
	side.Finish()
	equal(t, "current", CurrentSpan(nil), active)
	active.Finish()
	equal(t, "spans", names(r.one(t)), "active active>side")
}

func conformB8(t *testing.T) {
	r := record(t)
	_, p := Trace(bg, "p")
	_, c := Trace(nil, "c")
	p.Finish()
	equal(t, "current", CurrentSpan(nil), c)
	equal(t, "root", CurrentRootSpan(nil), c)
	equal(t, "traces", len(r.traces(t)), 0)
	c.Finish()
	equal(t, "spans", names(r.one(t)), "p p>c")
	equal(t, "current", CurrentSpan(nil), nil)
	_, s := Trace(nil, "s")
	s.Finish()
	equal(t, "parent", r.span(t).Parent, 0)
	equal(t, "the log", r.log.String(), "")

	r = record(t, "DD_TRACE_DEBUG=true")
	ctx, p := Trace(bg, "p")
	_, c = Trace(ctx, "c")
	p.Finish()
	c.Finish()
	equal(t, "the log", r.log.String(), "ddinstrument: span c is closing after its parent, p\n")
}

func conformB9(t *testing.T) {
	r := record(t)
	for _, withRoot := range []bool{false, true} {
		var root *Span
		if withRoot {
			_, root = Trace(nil, "root")
		}
		started, finish, end := make(chan *Span), make(chan bool), make(chan bool)
		a := func() {
			_, s := Trace(nil, "s")
			started <- s
			<-finish
			equal(t, "current where it was started", CurrentSpan(nil), root)
			_, next := Trace(nil, "next")
			equal(t, "root where it was started", CurrentRootSpan(nil) == root, withRoot)
			next.Finish()
			close(end)
		}
		go a()
		s := <-started
		equal(t, "current where it finishes", CurrentSpan(nil), root)
		s.Finish()
		equal(t, "current where it finished", CurrentSpan(nil), root)
		close(finish)
		<-end
		if withRoot {
			root.Finish()
			equal(t, "spans", names(r.one(t)), "root root>s root>next")
		} else {
			equal(t, "traces", len(r.traces(t)), 2)
		}
	}
}

func conformB10(t *testing.T) {
	r := record(t)
	const goroutines, rounds = 10, 100
	var wg sync.WaitGroup
	for i := 0; i < goroutines; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := 0; j < rounds; j++ {
				ctx, s1 := Trace(bg, "s1")
				_, s2 := Trace(ctx, "s2")
				s2.Finish()
				_, s3 := Trace(nil, "s3")
				s3.Finish()
				s1.Finish()
			}
		}()
	}
	wg.Wait()
	chunks := r.traces(t)
	equal(t, "traces", len(chunks), goroutines*rounds)
	for _, c := range chunks {
		if got := names(c); got != "s1 s1>s2 s1>s3" {
			t.Fatal(got)
		}
	}
}

func conformB11(t *testing.T) {
	r := record(t)
	_, p := Trace(bg, "p")
	release, done := make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		<-release
		equal(t, "current below a finished span", CurrentSpan(nil), nil)
		_, s := Trace(nil, "t")
		equal(t, "current", CurrentSpan(nil), s)
		equal(t, "root", CurrentRootSpan(nil), s)
		s.Finish()
		equal(t, "current", CurrentSpan(nil), nil)
	}()
	p.Finish()
	first := r.span(t)
	close(release)
	<-done
	late := r.span(t)
	equal(t, "parent", late.Parent, first.ID)
	equal(t, "trace", late.Trace, first.Trace)
	equal(t, "high half", late.Meta["_dd.p.tid"], first.Meta["_dd.p.tid"])
	equal(t, "priority", late.Metrics["_sampling_priority_v1"], 1)
}

func conformB12(t *testing.T) {
	r := record(t)
	_, before := Trace(bg, "before")
	Stop()
	_, s := Trace(bg, "late.span")
	s.Finish()
	siteA.EnterGoroutine().Exit(nil)
	before.Finish()
	equal(t, "traces", len(r.traces(t)), 0)
	if log := r.log.String(); strings.Count(log, "\n") != 2 || strings.Count(log, "late.span") != 1 {
		t.Errorf("the log: %q", log)
	}
	Start()
	_, s = Trace(bg, "again")
	s.Finish()
	equal(t, "span", r.span(t).Name, "again")
}

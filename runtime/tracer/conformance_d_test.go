//go:build go1.21

package tracer

import (
	"encoding/json"
	"errors"
	"math"
	"sync"
	"testing"
	"time"
)

type named int
type word string
type pointerStringer struct{ text string }

func (p *pointerStringer) String() string { return p.text }

type bomb struct{}

func (bomb) String() string { panic("bomb") }

func conformD1(t *testing.T) {
	r := record(t)
	_, s := Trace(bg, "s")
	s.SetTags(map[string]any{
		"a": "a", "b": 1, "c": "1", "f": 1.5, "t": true, "named": named(3), "word": word("w"), "u8": uint8(7), "f32": float32(0.5),
		"duration": time.Second, "error": errors.New("e"), "stringer": &pointerStringer{"p"}, "slice": []int{1, 2}, "bytes": json.RawMessage("[1]"),
		"big": int64(1<<53 + 1), "ubig": uint64(math.MaxUint64), "edge": int64(1 << 53),
	})
	s.Finish()
	got := r.span(t)
	for k, v := range map[string]string{
		"a": "a", "c": "1", "t": "true", "word": "w", "duration": "1s", "error": "e", "stringer": "p", "slice": "[1 2]", "bytes": "[1]",
		"big": "9007199254740993", "ubig": "18446744073709551615",
	} {
		equal(t, "meta "+k, got.Meta[k], v)
	}
	for k, v := range map[string]float64{"b": 1, "f": 1.5, "named": 3, "u8": 7, "f32": 0.5, "edge": 1 << 53} {
		equal(t, "metric "+k, got.Metrics[k], v)
	}
}

func conformD2(t *testing.T) {
	r := record(t)
	_, s := Trace(bg, "s")
	s.SetTag("k", "text")
	s.SetTag("k", 1)
	s.SetTag("other", 2)
	s.SetTag("k", "last")
	s.SetTag("n", "text")
	s.SetTag("n", 5)
	s.Finish()
	got := r.span(t)
	equal(t, "k", got.Meta["k"], "last")
	equal(t, "n", got.Metrics["n"], 5)
	if _, ok := got.Metrics["k"]; ok {
		t.Error("k is in metrics too")
	}
	if _, ok := got.Meta["n"]; ok {
		t.Error("n is in meta too")
	}
}

func conformD3(t *testing.T) {
	r := record(t)
	_, s := Trace(bg, "s")
	var nobody *pointerStringer
	for k, v := range map[string]any{
		"nan": math.NaN(), "inf": math.Inf(1), "-inf": math.Inf(-1), "bomb": bomb{}, "nil": nil, "nil pointer": nobody,
	} {
		s.SetTag(k, v)
	}
	s.Finish()
	got := r.span(t)
	for _, k := range []string{"nan", "inf", "-inf", "bomb", "nil", "nil pointer"} {
		if v, ok := got.Meta[k]; ok {
			t.Errorf("meta %s: %q", k, v)
		}
		if v, ok := got.Metrics[k]; ok {
			t.Errorf("metric %s: %v", k, v)
		}
	}
}

func conformD4(t *testing.T) {
	r := record(t)
	ctx, before := Trace(bg, "before")
	SetTags(map[string]any{"g": "one", "n": 1})
	_, after := Trace(ctx, "after")
	_, own := Trace(ctx, "own")
	own.SetTag("g", 2)
	SetTags(map[string]any{"g": "two"})
	_, later := Trace(ctx, "later")
	for _, s := range []*Span{later, own, after, before} {
		s.Finish()
	}
	chunk := r.one(t)
	equal(t, "before", chunk[0].Meta["g"], "")
	equal(t, "after", chunk[1].Meta["g"], "one")
	equal(t, "after, a number", chunk[1].Metrics["n"], 1)
	equal(t, "own in meta", chunk[2].Meta["g"], "")
	equal(t, "own", chunk[2].Metrics["g"], 2)
	equal(t, "later", chunk[3].Meta["g"], "two")
}

func conformD5(t *testing.T) {
	r := record(t, "DD_SERVICE=conf", "DD_ENV=env", "DD_VERSION=1", "DD_TAGS=service:s,env:e,version:v,team:core")
	SetTags(map[string]any{"env": "set"})
	ctx, root := Trace(bg, "root")
	ctx, db := Trace(ctx, "db", Service("mysql"))
	_, below := Trace(ctx, "below")
	below.SetTag("env", "own")
	for _, s := range []*Span{below, db, root} {
		s.Finish()
	}
	chunk := r.one(t)
	equal(t, "service", chunk[0].Service, "conf")
	equal(t, "env", chunk[0].Meta["env"], "env")
	equal(t, "version", chunk[0].Meta["version"], "1")
	equal(t, "DD_TAGS", chunk[2].Meta["team"], "core")
	equal(t, "version of another service", chunk[1].Meta["version"], "")
	equal(t, "version below that", chunk[2].Meta["version"], "")
	equal(t, "own env", chunk[2].Meta["env"], "own")

	r = record(t, "DD_SERVICE=", "DD_ENV=", "DD_VERSION=", "DD_TAGS=service:s env:e version:v team:core")
	_, root = Trace(bg, "root")
	root.Finish()
	s := r.span(t)
	equal(t, "service of DD_TAGS", s.Service, "s")
	equal(t, "env of DD_TAGS", s.Meta["env"], "e")
	equal(t, "version of DD_TAGS", s.Meta["version"], "v")
}

func conformD6(t *testing.T) {
	r := record(t, "DD_VERSION=1")
	ctx, root := Trace(bg, "root")
	_, child := Trace(ctx, "child")
	child.SetTag("service.name", "other")
	child.SetTag("service.version", "2")
	child.SetTag("manual.keep", true)
	child.Finish()
	root.Finish()
	chunk := r.one(t)
	equal(t, "service", chunk[1].Service, "other")
	equal(t, "service.version", chunk[1].Meta["service.version"], "2")
	equal(t, "version", chunk[1].Meta["version"], "2")
	equal(t, "priority", chunk[0].Metrics["_sampling_priority_v1"], 2)
	if _, ok := chunk[1].Meta["manual.keep"]; ok {
		t.Error("manual.keep is stored")
	}
	_, s := Trace(bg, "s", Tag("manual.keep", true), Tag("manual.drop", true))
	s.Finish()
	equal(t, "priority", r.span(t).Metrics["_sampling_priority_v1"], -1)
}

func conformD7(t *testing.T) {
	r := record(t)
	ctx, root := Trace(bg, "root")
	_, child := Trace(ctx, "child")
	child.Finish()
	root.Finish()
	chunk := r.one(t)
	if chunk[0].Metrics["process_id"] == 0 || len(chunk[0].Meta["runtime-id"]) != 36 || chunk[0].Meta["language"] != "go" {
		t.Errorf("the root: %v", chunk[0])
	}
	if chunk[1].Metrics["process_id"] != 0 || chunk[1].Meta["runtime-id"] != "" {
		t.Errorf("the child: %v", chunk[1])
	}

	ctx, root = Trace(arrived(traceIDKey, "4321", parentIDKey, "1234"), "root")
	_, child = Trace(ctx, "child")
	child.Finish()
	root.Finish()
	remote := r.one(t)
	equal(t, "process_id below a remote parent", remote[0].Metrics["process_id"], chunk[0].Metrics["process_id"])
	equal(t, "runtime-id below a remote parent", remote[0].Meta["runtime-id"], chunk[0].Meta["runtime-id"])
	equal(t, "runtime-id of its child", remote[1].Meta["runtime-id"], "")
	equal(t, "process_id of its child", remote[1].Metrics["process_id"], 0)
}

func conformD8(t *testing.T) {
	r := record(t)
	_, s := Trace(bg, "s")
	var wg sync.WaitGroup
	for i := 0; i < 4; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := 0; j < 200; j++ {
				s.SetTag("during", j)
				s.SetResource("r")
				s.SetError(errors.New("x"))
			}
		}()
	}
	s.Finish()
	s.SetTag("late", "x")
	s.SetName("late")
	got := r.span(t)
	wg.Wait()
	equal(t, "late tag", got.Meta["late"], "")
	equal(t, "late name", got.Name, "s")
}

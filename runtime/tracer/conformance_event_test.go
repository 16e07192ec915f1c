//go:build go1.21

package tracer

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

func conformC5(t *testing.T) {
	r := record(t)
	_, s := Trace(bg, "s")
	s.SetStack()
	s.Finish()
	got := r.span(t)
	equal(t, "error", got.Error, 0)
	if first, _, _ := strings.Cut(got.Meta["error.stack"], "\n"); !strings.HasSuffix(first, "tracer.conformC5") {
		t.Errorf("the innermost frame: %s", first)
	}
	equal(t, "other tags", got.Meta["error.type"]+got.Meta["error.message"], "")

	_, s = Trace(bg, "s")
	s.SetError(quiet("q"))
	s.SetStack() // the error's stays
	s.Finish()
	r.span(t).wantError(t, "tracer.quiet", "q", "conformC5")
}

// sentEvent is an event as the agent reads it.
type sentEvent struct {
	Name       string
	Time       int64 `json:"time_unix_nano"`
	Attributes map[string]any
}

func (s recorded) events(t *testing.T) (list []sentEvent) {
	t.Helper()
	if err := json.Unmarshal([]byte(s.Meta["events"]), &list); err != nil {
		t.Fatalf("%v: %s", err, s.Meta["events"])
	}
	return list
}

func conformC11(t *testing.T) {
	r := record(t)
	_, s := Trace(bg, "s")
	s.RecordError(quiet("first"))
	s.RecordError(errors.New("\"second\"\n\x00\\水\xff"), Tag("s", "text"), Tag("b", true), Tag("i", -3), Tag("f", 1.5), Tag("u", uint64(math.MaxInt64)),
		Tag("list", []string{"a", "b"}), Tag("any", []any{1, 2}), Tag("array", [2]bool{true, false}),
		Tag("nan", math.NaN()), Tag("inf", []float64{math.Inf(1)}), Tag("mixed", []any{1, "2"}), Tag("nested", [][]int{{1}}),
		Tag("huge", uint64(math.MaxInt64)+1), Tag("nil", nil), Tag("struct", struct{}{}), Tag("nils", []any{nil}), Service("no tag"))
	s.RecordError(nil)
	s.Finish()
	s.RecordError(quiet("late"))
	got := r.span(t)
	equal(t, "error", got.Error, 0)
	equal(t, "error.message", got.Meta["error.message"], "")
	list := got.events(t)
	equal(t, "events", len(list), 2)
	for i, want := range []map[string]any{
		{"exception.type": "tracer.quiet", "exception.message": "first"},
		{
			"exception.type": "*errors.errorString", "exception.message": "\"second\"\n\x00\\水\uFFFD",
			"s": "text", "b": true, "i": -3.0, "f": 1.5, "u": float64(math.MaxInt64),
			"list": []any{"a", "b"}, "any": []any{1.0, 2.0}, "array": []any{true, false},
		},
	} {
		e := list[i]
		equal(t, "name", e.Name, "exception")
		if e.Time < got.Start || e.Time > got.Start+got.Duration {
			t.Errorf("event %d at %d, in a span from %d for %d", i, e.Time, got.Start, got.Duration)
		}
		stack, _ := e.Attributes["exception.stacktrace"].(string)
		if !strings.Contains(stack, "tracer.conformC11\n") {
			t.Errorf("the stack: %s", stack)
		}
		delete(e.Attributes, "exception.stacktrace")
		if !reflect.DeepEqual(e.Attributes, want) {
			t.Errorf("attributes:\n%v\nwant:\n%v", e.Attributes, want)
		}
	}
	if list[0].Time > list[1].Time {
		t.Error("not in order")
	}
	for _, key := range []string{"nan", "inf", "mixed", "nested", "huge", "nil", "struct", "nils"} {
		equal(t, "warnings of "+key, strings.Count(r.log.String(), " "+key+","), 1)
	}
	equal(t, "warnings", strings.Count(r.log.String(), "\n"), 8)
}

// TestEventLimit records more errors than a span holds.
func TestEventLimit(t *testing.T) {
	r := record(t)
	_, s := Trace(bg, "s")
	for i := 0; i < maxEvents+2; i++ {
		s.RecordError(quiet("q"))
	}
	s.Finish()
	equal(t, "events", len(r.span(t).events(t)), maxEvents)
	equal(t, "warnings", strings.Count(r.log.String(), "\n"), 1)
}

package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// A sentSpan is a span as --view=json prints it.
type sentSpan struct {
	TraceID  string             `json:"trace_id"`
	SpanID   string             `json:"span_id"`
	ParentID string             `json:"parent_id"`
	Name     string             `json:"name"`
	Service  string             `json:"service"`
	Resource string             `json:"resource"`
	Type     string             `json:"type"`
	Start    int64              `json:"start"`
	Duration int64              `json:"duration"`
	Error    int32              `json:"error"`
	Meta     map[string]string  `json:"meta"`
	Metrics  map[string]float64 `json:"metrics"`
}

// sentSpans takes the lines of --view=json out of what a command printed.
func sentSpans(out string) ([]sentSpan, error) {
	var list []sentSpan
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, `{"trace_id"`) {
			continue
		}
		var s sentSpan
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			return nil, fmt.Errorf("%v in %s", err, line)
		}
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(a, b sentSpan) int { return cmp.Compare(a.Start, b.Start) })
	return list, nil
}

// compareSpans is the script command "spans stderr want.txt": what was sent,
// as --view=json printed it, against a tree with a line for each span:
//
//	name [resource=R] [service=S] [type=T] [key=value ...] [!type: message]
//
// Children are indented by two spaces. A service stands where it differs from the
// parent's.
func compareSpans(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: spans FILE WANT")
	}
	list, err := sentSpans(ts.ReadFile(args[0]))
	ts.Check(err)
	got, want := spanTree(list), ts.ReadFile(args[1])
	if (strings.TrimSpace(got) == strings.TrimSpace(want)) == neg {
		ts.Fatalf("spans sent:\n%s\nwanted:\n%s", got, want)
	}
}

func spanTree(list []sentSpan) string {
	ids := map[string]bool{}
	for _, s := range list {
		ids[s.TraceID+s.SpanID] = true
	}
	var b strings.Builder
	var write func(parent string, parentService, indent string, traceID string)
	write = func(parent, parentService, indent, traceID string) {
		for _, s := range list {
			isRoot := !ids[s.TraceID+s.ParentID]
			if parent == "" && !isRoot || parent != "" && (s.TraceID != traceID || s.ParentID != parent) {
				continue
			}
			b.WriteString(indent + spanLine(s, parentService) + "\n")
			write(s.SpanID, s.Service, indent+"  ", s.TraceID)
		}
	}
	write("", "", "", "")
	return b.String()
}

// internal are the tags that every trace has.
var internal = []string{"process_id", "runtime-id", "language", "_sampling_priority_v1", "_dd.top_level", "_dd.base_service", "_dd.measured",
	"_dd.p.dm", "_dd.p.tid", "error.message", "error.type", "error.stack"}

func spanLine(s sentSpan, parentService string) string {
	words := []string{s.Name}
	if s.Resource != s.Name {
		words = append(words, "resource="+s.Resource)
	}
	if s.Service != parentService && parentService != "" {
		words = append(words, "service="+s.Service)
	}
	if s.Type != "" {
		words = append(words, "type="+s.Type)
	}
	tags := map[string]string{}
	maps.Copy(tags, s.Meta)
	for k, v := range s.Metrics {
		tags[k] = strconv.FormatFloat(v, 'g', -1, 64)
	}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		if !slices.Contains(internal, k) {
			words = append(words, k+"="+tags[k])
		}
	}
	if s.Error != 0 {
		words = append(words, "!"+s.Meta["error.type"]+": "+s.Meta["error.message"])
	}
	return strings.Join(words, " ")
}

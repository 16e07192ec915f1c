//go:build go1.21

package sampling

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/json"
)

// Subject is a span that rules look at.
type Subject interface {
	Service() string
	Name() string
	Resource() string
	Tag(key string) (Value, bool)
}

// Value is a tag's value, a text or a number.
type Value struct {
	Text     string
	Number   float64
	IsNumber bool
}

// Rule is a rate for the spans that match its patterns.
type Rule struct {
	Rate         float64
	MaxPerSecond float64 // of single spans; negative: there is no limit

	service, name, resource Glob
	tags                    []tagGlob

	outcomes outcomes // of a rule for traces
	limiter  *Limiter // of a rule for single spans
}

type tagGlob struct {
	key   string
	value Glob
}

// Match tells whether all of the rule's patterns match.
func (r *Rule) Match(s Subject) bool {
	if !r.service.Any() && !r.service.Match(s.Service()) || !r.name.Any() && !r.name.Match(s.Name()) ||
		!r.resource.Any() && !r.resource.Match(s.Resource()) {
		return false
	}
	for i := range r.tags {
		if t := &r.tags[i]; !t.match(s) {
			return false
		}
	}
	return true
}

// match follows dd-trace-go and dd-trace-py: "*" also matches where there is no such tag; of the numbers, only whole ones
// match anything else.
func (t *tagGlob) match(s Subject) bool {
	if t.value.Any() {
		return true
	}
	v, ok := s.Tag(t.key)
	switch {
	case !ok:
		return false
	case !v.IsNumber:
		return t.value.Match(v.Text)
	case v.Number != math.Trunc(v.Number):
		return false
	}
	return t.value.Match(strconv.FormatFloat(v.Number, 'f', -1, 64))
}

// Everything is the rule for what no other one matches (DD_TRACE_SAMPLE_RATE).
func Everything(rate float64) Rule { return Rule{Rate: rate, outcomes: newOutcomes(rate)} }

// maxRules bounds the time that a trace takes.
const maxRules = 1000

// ParseTraceRules reads the value of DD_TRACE_SAMPLING_RULES:
//
//	[{"service":"a*","name":"?","resource":"GET /*","tags":{"k":"v*"},"sample_rate":0.5}]
//
// Rules that can't be used are left out, each with a line that says why.
func ParseTraceRules(text string) (rules []Rule, problems []string) {
	return parse(text, func(r *ruleText) (Rule, error) {
		if !r.has("sample_rate") {
			return Rule{}, fmt.Errorf("there is no sample_rate")
		}
		rule := r.rule(false)
		rule.outcomes = newOutcomes(rule.Rate)
		return rule, r.err
	})
}

// ParseSpanRules reads the value of DD_SPAN_SAMPLING_RULES: as above, with max_per_second, and without a sample_rate all
// spans are kept.
func ParseSpanRules(text string) (rules []Rule, problems []string) {
	return parse(text, func(r *ruleText) (Rule, error) {
		rule := r.rule(true)
		if r.err == nil && !r.has("service") && !r.has("name") && !r.has("resource") && !r.has("tags") {
			return rule, fmt.Errorf("there is none of service, name, resource and tags")
		}
		rule.limiter = NewLimiter(rule.MaxPerSecond)
		return rule, r.err
	})
}

// ParseDropRules reads the value of DD_TRACE_FILTERING_RULES: as above, with a filter_rate, which part of the traces is
// dropped (dd-trace-py, ddtrace/_trace/filter_rule.py); without one all are.
func ParseDropRules(text string) (rules []Rule, problems []string) {
	return parse(text, func(r *ruleText) (Rule, error) {
		r.drops = true
		return r.rule(false), r.err
	})
}

// Drops tells whether a trace is dropped, by the first rule that matches its root.
func Drops(rules []Rule, trace uint64, root Subject) bool {
	for i := range rules {
		if rules[i].Match(root) {
			return Passes(trace, rules[i].Rate)
		}
	}
	return false
}

func parse(text string, one func(*ruleText) (Rule, error)) (rules []Rule, problems []string) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	v, err := json.Parse(text)
	if err != nil {
		return nil, []string{"not JSON: " + err.Error()}
	}
	list, ok := v.([]any)
	if !ok {
		return nil, []string{"not a JSON array of rules"}
	}
	for i, v := range list {
		object, ok := v.(map[string]any)
		if !ok {
			problems = append(problems, fmt.Sprintf("rule %d is no JSON object", i+1))
			continue
		}
		rule, err := one(&ruleText{object: object})
		switch {
		case err != nil:
			problems = append(problems, fmt.Sprintf("rule %d: %v", i+1, err))
		case len(rules) == maxRules:
			return rules, append(problems, fmt.Sprintf("there are more than %d rules", maxRules))
		default:
			rules = append(rules, rule)
		}
	}
	return rules, problems
}

// ruleText is a rule as it is written; err is the first thing that is wrong with it.
type ruleText struct {
	object map[string]any
	drops  bool // its rate is that of what is dropped
	err    error
}

func (t *ruleText) has(key string) bool { return t.object[key] != nil }

func (t *ruleText) fail(format string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf(format, args...)
	}
}

// rule reads all but what only one kind of rules has. A key that nobody knows is not overlooked: without a misspelled
// pattern, a rule would match everything.
func (t *ruleText) rule(single bool) Rule {
	r := Rule{Rate: 1, MaxPerSecond: -1}
	rate := "sample_rate"
	if t.drops {
		rate = "filter_rate"
	}
	keys := make([]string, 0, len(t.object))
	for key := range t.object {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		switch key {
		case "service":
			r.service = t.glob(key, t.object[key], single)
		case "name":
			r.name = t.glob(key, t.object[key], single)
		case "resource":
			r.resource = t.glob(key, t.object[key], single)
		case "tags":
			r.tags = t.tags(single)
		case rate:
			r.Rate = t.number(key, 0, 1)
		case "max_per_second":
			r.MaxPerSecond = t.number(key, -1, 1e9)
		case "provenance", "type", "target_span": // which rules from elsewhere have
		default:
			t.fail("%q is no key of a rule", key)
		}
	}
	return r
}

func (t *ruleText) number(key string, low, high float64) float64 {
	v, ok := t.object[key].(float64)
	if text, isText := t.object[key].(string); isText {
		var err error
		v, err = strconv.ParseFloat(text, 64)
		ok = err == nil
	}
	if !ok || !(v >= low && v <= high) {
		t.fail("%s is not a number from %v to %v", key, low, high)
		return 0
	}
	return v
}

func (t *ruleText) tags(single bool) (list []tagGlob) {
	object, ok := t.object["tags"].(map[string]any)
	if !ok {
		t.fail("tags is no JSON object")
		return nil
	}
	for key, value := range object {
		list = append(list, tagGlob{key, t.glob("tags."+key, value, single)})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].key < list[j].key })
	return list
}

// glob reads a pattern. Those of single spans may not have brackets in them, which look as if they stood for a set of
// characters (dd-trace-py, ddtrace/internal/sampling.py).
func (t *ruleText) glob(key string, value any, single bool) Glob {
	var text string
	switch v := value.(type) {
	case string:
		text = v
	case float64:
		text = strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		text = strconv.FormatBool(v)
	default:
		t.fail("%s is no string", key)
	}
	if single && strings.ContainsAny(text, `[]`) {
		t.fail("%s: a pattern has * and ?, and no brackets", key)
	}
	return NewGlob(text)
}

// Single decides about one span of a trace that is not kept: by the first rule that matches, nil if it is not kept.
func Single(rules []Rule, span uint64, s Subject) *Rule {
	for i := range rules {
		r := &rules[i]
		if !r.Match(s) {
			continue
		}
		if Passes(span, r.Rate) {
			if ok, _ := r.limiter.Allow(time.Now()); ok {
				return r
			}
		}
		return nil
	}
	return nil
}

// SingleMechanism is the metric that says of a span that it is kept though its trace is not.
const SingleMechanism = "_dd.span_sampling.mechanism"

// SingleMetrics are what marks the span (dd-trace-go, ddtrace/tracer/rules_sampler.go).
func (r *Rule) SingleMetrics() []Metric {
	list := []Metric{{SingleMechanism, 8}, {"_dd.span_sampling.rule_rate", r.Rate}}
	if r.MaxPerSecond >= 0 {
		list = append(list, Metric{"_dd.span_sampling.max_per_second", r.MaxPerSecond})
	}
	return list
}

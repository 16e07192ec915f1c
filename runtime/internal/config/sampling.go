//go:build go1.21

package config

import (
	"strconv"
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/internal/files"
	"github.com/ddinstrument/ddinstrument/runtime/internal/filter"
	"github.com/ddinstrument/ddinstrument/runtime/internal/sampling"
)

// defaultRateLimit is how many traces a second the user's rules and rate keep.
const defaultRateLimit = 100

// sampling reads which traces and spans are kept.
func (r *reader) sampling(c *Config) {
	c.Rules = r.rules("DD_TRACE_SAMPLING_RULES", sampling.ParseTraceRules)
	const rate = "DD_TRACE_SAMPLE_RATE"
	v, ok := r.fraction(rate, "the agent's rates")
	if r.getenv(rate) == "" {
		v, ok = r.otelSampler()
	}
	if ok {
		c.Rules = append(c.Rules, sampling.Everything(v))
	}
	c.RateLimit = r.limit("DD_TRACE_RATE_LIMIT", defaultRateLimit)
	c.DropRules = r.rules("DD_TRACE_FILTERING_RULES", sampling.ParseDropRules)
	c.SpanRules = r.rules("DD_SPAN_SAMPLING_RULES", sampling.ParseSpanRules)
}

// otelSampler reads OpenTelemetry's names of a rate. That they keep to what a parent says, which some of them do not ask
// for, is Datadog's way in any case.
func (r *reader) otelSampler() (rate float64, ok bool) {
	const name, argument = "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"
	text := strings.ToLower(strings.TrimSpace(r.getenv(name)))
	switch strings.TrimPrefix(text, "parentbased_") {
	case "":
		return 0, false
	case "always_on":
		return 1, true
	case "always_off":
		return 0, true
	case "traceidratio":
		if r.getenv(argument) == "" {
			return 1, true
		}
		return r.fraction(argument, "the agent's rates")
	}
	r.bad(name, r.getenv(name), "none of always_on, always_off and traceidratio, with or without parentbased_ before it", "the agent's rates")
	return 0, false
}

// maxRules is how many bytes of a file with rules are read.
const maxRules = 1 << 20

// fromFile reads the file that NAME_FILE names, where NAME has no value itself.
func (r *reader) fromFile(name string) (source, text string) {
	path := r.getenv(name + "_FILE")
	if path == "" || r.getenv(name) != "" {
		return name, r.getenv(name)
	}
	text = files.Read(path, maxRules)
	if strings.TrimSpace(text) == "" {
		r.bad(name+"_FILE", path, "the file is empty or can't be read", "no rule")
	}
	return name + "_FILE", text
}

func (r *reader) rules(name string, parse func(string) ([]sampling.Rule, []string)) []sampling.Rule {
	name, text := r.fromFile(name)
	rules, problems := parse(text)
	if len(problems) > 0 {
		used := "no rule"
		if len(rules) > 0 {
			used = "the rest"
		}
		r.bad(name, r.getenv(name), strings.Join(problems, "; "), used)
	}
	return rules
}

// fraction reads a number from 0 to 1.
func (r *reader) fraction(name string, otherwise any) (v float64, ok bool) {
	text := r.getenv(name)
	if text == "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(v >= 0 && v <= 1) {
		r.bad(name, text, "not a number from 0 to 1", otherwise)
		return 0, false
	}
	return v, true
}

// limit reads a number of things a second; a negative one is no limit, as in dd-trace-py.
func (r *reader) limit(name string, standard float64) float64 {
	text := r.getenv(name)
	if text == "" {
		return standard
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(v <= 1e9) {
		r.bad(name, text, "not a number up to 1e9", standard)
		return standard
	}
	return v
}

// filter reads which traces are dropped in the process, nil if none are.
func (r *reader) filter() *filter.Filter {
	const (
		ignore         = "DD_APM_IGNORE_RESOURCES"
		reject         = "DD_APM_FILTER_TAGS_REJECT"
		rejectPattern  = "DD_APM_FILTER_TAGS_REGEX_REJECT"
		require        = "DD_APM_FILTER_TAGS_REQUIRE"
		requirePattern = "DD_APM_FILTER_TAGS_REGEX_REQUIRE"
	)
	f := new(filter.Filter)
	r.leftOut(ignore, f.Ignore(r.getenv(ignore)))
	bad, badPatterns := f.Reject(r.getenv(reject), r.getenv(rejectPattern))
	r.leftOut(reject, bad)
	r.leftOut(rejectPattern, badPatterns)
	bad, badPatterns = f.Require(r.getenv(require), r.getenv(requirePattern))
	r.leftOut(require, bad)
	r.leftOut(requirePattern, badPatterns)
	if f.Empty() {
		return nil
	}
	return f
}

func (r *reader) leftOut(name string, bad []string) {
	if len(bad) > 0 {
		r.bad(name, r.getenv(name), strings.Join(bad, "; "), "the rest")
	}
}

//go:build go1.21

// Package sampling decides which traces, and which single spans of the others, are kept: by the user's rules, the
// user's rate, and the rates that the agent answers.
//
// It knows spans only as Subjects, and neither the environment nor how a decision is sent.
package sampling

import (
	"math"
	"strconv"
	"time"
)

// Sampling priorities, as the agent has them.
const (
	UserDrop = -1
	Drop     = 0
	Keep     = 1
	UserKeep = 2
)

// Mechanisms: who has decided, as _dd.p.dm names it (dd-trace-go, internal/samplernames).
const (
	byDefault = "-0"
	byAgent   = "-1"
	byRule    = "-3"
	byProgram = "-4"
)

// Decision says what becomes of a trace, and what the agent is to know of how it was found. It is never changed.
type Decision struct {
	Priority  int32
	Mechanism string // "" if another process has decided
	Metrics   []Metric
	Rate      string // by which a trace id has been let pass or not: _dd.p.ksr; "": none

	Final  bool // only the program decides otherwise
	Manual bool // the program has decided

	limit *verdict // of the limiter, which is asked once for a trace
}

// Metric is a number that goes on the local root.
type Metric struct {
	Name  string
	Value float64
}

type verdict struct {
	ok   bool
	rate float64
}

// pair is a decision that may still change, and the same one as the last word.
type pair [2]Decision

func newPair(d Decision) *pair {
	p := &pair{d, d}
	p[1].Final = true
	return p
}

func (p *pair) get(final bool) *Decision {
	if final {
		return &p[1]
	}
	return &p[0]
}

var (
	standard   = newPair(Decision{Priority: Keep, Mechanism: byDefault})
	manualKeep = Decision{Priority: UserKeep, Mechanism: byProgram, Final: true, Manual: true}
	manualDrop = Decision{Priority: UserDrop, Mechanism: byProgram, Final: true, Manual: true}
)

// ByProgram is what the program decides.
func ByProgram(keep bool) *Decision {
	if keep {
		return &manualKeep
	}
	return &manualDrop
}

// Elsewhere is what another process has decided.
func Elsewhere(priority int32) *Decision { return &Decision{Priority: priority, Final: true} }

// Standard is what is decided where nothing is set and the agent has not said anything.
func Standard(final bool) *Decision { return standard.get(final) }

// Sampler has what traces are decided by. A nil Sampler keeps all.
type Sampler struct {
	rules   []Rule
	limiter *Limiter
	Rates   Rates // the agent's, for traces that no rule matches
}

// NewSampler makes a Sampler. The limiter is for what the rules keep.
func NewSampler(rules []Rule, limiter *Limiter) *Sampler {
	return &Sampler{rules: rules, limiter: limiter}
}

// Idle tells whether Decide has nothing to look at.
func (s *Sampler) Idle() bool { return s == nil || len(s.rules) == 0 && s.Rates.table.Load() == nil }

// Decide decides about a trace by its local root, as it is now. before is what was decided earlier, if anything was.
func (s *Sampler) Decide(trace uint64, root Subject, before *Decision, final bool) *Decision {
	if s.Idle() {
		return standard.get(final)
	}
	for i := range s.rules {
		if r := &s.rules[i]; r.Match(root) {
			return s.byRule(r, trace, before, final)
		}
	}
	return s.byAgent(trace, root, final)
}

func (s *Sampler) byAgent(trace uint64, root Subject, final bool) *Decision {
	t := s.Rates.table.Load()
	if t == nil {
		return standard.get(final)
	}
	a := t.of(root)
	switch {
	case a == nil:
		return standard.get(final)
	case Passes(trace, a.rate):
		return a.kept.get(final)
	}
	return a.dropped.get(final)
}

func (s *Sampler) byRule(r *Rule, trace uint64, before *Decision, final bool) *Decision {
	if !Passes(trace, r.Rate) {
		return r.outcomes.dropped.get(final)
	}
	var limit verdict
	switch {
	case before != nil && before.limit != nil:
		limit = *before.limit
	default:
		limit.ok, limit.rate = s.limiter.Allow(time.Now())
	}
	if limit == unlimited {
		return r.outcomes.kept.get(final)
	}
	d := &Decision{
		Priority: UserDrop, Mechanism: byRule, Final: final, limit: &limit,
		Metrics: []Metric{{"_dd.rule_psr", r.Rate}, {"_dd.limit_psr", limit.rate}},
	}
	if limit.ok {
		d.Priority, d.Rate = UserKeep, formatRate(r.Rate)
	}
	return d
}

// formatRate has at most 6 digits behind the point, as in all Datadog tracers. A rate of 0 lets nothing pass, and says
// nothing of what has (dd-trace-py, ddtrace/_trace/sampler.py).
func formatRate(rate float64) string {
	if rate <= 0 {
		return ""
	}
	return strconv.FormatFloat(math.Round(rate*1e6)/1e6, 'f', -1, 64)
}

var unlimited = verdict{true, 1}

// outcomes are the usual decisions of a rule or a rate, made beforehand.
type outcomes struct{ dropped, kept *pair }

func newOutcomes(rate float64) outcomes {
	of := Metric{"_dd.rule_psr", rate}
	return outcomes{
		dropped: newPair(Decision{Priority: UserDrop, Mechanism: byRule, Metrics: []Metric{of}, Rate: formatRate(rate)}),
		kept: newPair(Decision{Priority: UserKeep, Mechanism: byRule, limit: &unlimited, Rate: formatRate(rate),
			Metrics: []Metric{of, {"_dd.limit_psr", 1}}}),
	}
}

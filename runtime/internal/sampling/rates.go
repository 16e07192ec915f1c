//go:build go1.21

package sampling

import (
	"hash/maphash"
	"math"
	"strings"
	"sync/atomic"

	"github.com/ddinstrument/ddinstrument/runtime/internal/json"
)

// Passes decides by an id which part of all is kept, so that every process that sees the id comes to the same decision:
// Knuth's multiplicative hash with the factor of all Datadog tracers and of the agent (dd-trace-go,
// ddtrace/tracer/sampler.go; dd-trace-py, ddtrace/_trace/sampler.py).
func Passes(id uint64, rate float64) bool {
	const factor = 1111111111111111111
	switch {
	case rate >= 1:
		return true
	case !(rate > 0):
		return false
	}
	return id*factor <= uint64(rate*math.MaxUint64)
}

// Rates are what the agent answers to every request with traces: which part of the traces of a service it wants.
type Rates struct {
	table atomic.Pointer[table]
	seen  uint64 // hash of the last answer
}

// table has what is decided by an answer, all of it made when it comes.
type table struct {
	named map[key]*agentRate // by service and environment
	rest  *agentRate         // for all others; nil: the answer does not say
}

// agentRate is a rate, and what is decided by it.
type agentRate struct {
	rate float64
	outcomes
}

func newAgentRate(rate float64) *agentRate {
	of := []Metric{{"_dd.agent_psr", rate}}
	return &agentRate{rate, outcomes{
		dropped: newPair(Decision{Priority: Drop, Mechanism: byAgent, Metrics: of, Rate: formatRate(rate)}),
		kept:    newPair(Decision{Priority: Keep, Mechanism: byAgent, Metrics: of, Rate: formatRate(rate)}),
	}}
}

type key struct{ service, env string }

// maxRates bounds what one answer can make us remember.
const maxRates = 10000

var seed = maphash.MakeSeed()

// Update takes an answer: {"rate_by_service":{"service:a,env:b":0.5,"service:,env:":1}}, where the last one is for all
// services that are not named. Anything else changes nothing. Only one goroutine may call it at a time.
func (r *Rates) Update(answer []byte) {
	hash := maphash.Bytes(seed, answer)
	if hash == r.seen { // as it is nearly always
		return
	}
	r.seen = hash
	v, err := json.Parse(string(answer))
	if err != nil {
		return
	}
	object, _ := v.(map[string]any)
	rates, ok := object["rate_by_service"].(map[string]any)
	if !ok || len(rates) > maxRates {
		return
	}
	t := &table{named: make(map[key]*agentRate, len(rates))}
	made := make(map[float64]*agentRate) // many services have the same one
	for name, v := range rates {
		service, env, ok := strings.Cut(strings.TrimPrefix(name, "service:"), ",env:")
		rate, isRate := v.(float64)
		if !ok || !isRate || !(rate >= 0 && rate <= 1) {
			continue
		}
		if made[rate] == nil {
			made[rate] = newAgentRate(rate)
		}
		if k := (key{service, env}); k == (key{}) {
			t.rest = made[rate]
		} else {
			t.named[k] = made[rate]
		}
	}
	if len(made) == 0 {
		t = nil
	}
	r.table.Store(t)
}

// of returns the agent's rate for a trace of this root; nil if it has not said one. The agent knows services in lower
// case, however they are sent to it.
func (t *table) of(root Subject) *agentRate {
	if len(t.named) == 0 {
		return t.rest
	}
	env, _ := root.Tag("env")
	service := root.Service()
	for _, k := range [...]key{{service, env.Text}, {strings.ToLower(service), strings.ToLower(env.Text)}} {
		if a := t.named[k]; a != nil {
			return a
		}
	}
	return t.rest
}

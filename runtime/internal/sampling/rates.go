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
	table atomic.Pointer[map[key]float64]
	seen  uint64 // hash of the last answer
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
	table := make(map[key]float64, len(rates))
	for name, v := range rates {
		service, env, ok := strings.Cut(strings.TrimPrefix(name, "service:"), ",env:")
		if rate, isRate := v.(float64); ok && isRate && rate >= 0 && rate <= 1 {
			table[key{service, env}] = rate
		}
	}
	if len(table) == 0 {
		r.table.Store(nil)
		return
	}
	r.table.Store(&table)
}

// Of returns the agent's rate for a service; false if it has not said one. The agent knows services in lower case, however
// they are sent to it.
func (r *Rates) Of(service, env string) (rate float64, ok bool) {
	table := r.table.Load()
	if table == nil {
		return 0, false
	}
	for _, k := range [...]key{{service, env}, {strings.ToLower(service), strings.ToLower(env)}, {}} {
		if rate, ok = (*table)[k]; ok {
			break
		}
	}
	return rate, ok
}

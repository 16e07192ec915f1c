//go:build go1.21

package stats

import (
	"math"
	"math/rand"
	"sort"
	"testing"
	"time"
)

// cut is how precisely durations are looked at.
func cut(d int64) float64 {
	return math.Float64frombits(math.Float64bits(float64(d)) & 0xfffff80000000000)
}

// freeBucket is one of a Concentrator that may take what it wants.
func freeBucket() *bucket {
	c := New(Options{Procs: 1})
	return &bucket{c: c, tables: make([]table, 1)}
}

var distributions = map[string]func(r *rand.Rand) int64{
	"uniform":     func(r *rand.Rand) int64 { return 1 + r.Int63n(int64(time.Second)) },
	"exponential": func(r *rand.Rand) int64 { return int64(r.ExpFloat64() * float64(20*time.Millisecond)) },
	"log-normal":  func(r *rand.Rand) int64 { return int64(math.Exp(r.NormFloat64()*2 + 13)) },
	"one value":   func(*rand.Rand) int64 { return 1234567 },
	"two values":  func(r *rand.Rand) int64 { return [...]int64{1000, int64(time.Minute)}[r.Intn(2)] },
	"heavy tail":  func(r *rand.Rand) int64 { return int64(1e5 / (1 - r.Float64())) },
	"mostly zero": func(r *rand.Rand) int64 { return r.Int63n(4) / 2 * 77777 },
	"nanoseconds": func(r *rand.Rand) int64 { return r.Int63n(20) },
	"years":       func(r *rand.Rand) int64 { return math.MaxInt64 - r.Int63n(1e18) },
}

func TestQuantiles(t *testing.T) {
	for name, d := range distributions {
		r := rand.New(rand.NewSource(1))
		var s, other sketch
		var all []float64
		b := freeBucket()
		for i := 0; i < 20000; i++ {
			v := d(r)
			all = append(all, cut(v))
			if i%3 == 0 {
				other.add(v, b)
			} else {
				s.add(v, b)
			}
		}
		s.merge(&other, b)
		sort.Float64s(all)
		got := decodeSketch(t, s.appendTo(nil))
		for _, q := range []float64{0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1} {
			want, have := all[int(q*float64(len(all)-1))], got.quantile(q)
			if math.Abs(have-want) > want*0.010001 {
				t.Errorf("%s: quantile %v is %v, not %v", name, q, have, want)
			}
		}
		if b.bytes.Load() < int64(len(s.bins)*binBytes) || len(s.bins) > maxBins {
			t.Errorf("%s: %d bins, %d bytes", name, len(s.bins), b.bytes.Load())
		}
	}
}

// TestBins compares the short way to a bin with the long one, where it matters most and elsewhere.
func TestBins(t *testing.T) {
	New(Options{})
	check := func(d int64) {
		if d > 0 && binOf(d) != exactBin(cut(d)) {
			t.Fatalf("the bin of %d is %d, not %d", d, binOf(d), exactBin(cut(d)))
		}
	}
	for bin := 0; bin <= binOf(math.MaxInt64); bin++ {
		edge := math.Exp(float64(bin) / multiplier)
		for _, f := range []float64{1, 1 - 1e-15, 1 + 1e-15, 1 + 1.0/512, 1 - 1.0/512} {
			if v := edge * f; v < math.MaxInt64 {
				check(int64(v))
				check(int64(v) + 1)
			}
		}
	}
	for i := 0; i < 1000000; i++ {
		check(rand.Int63() >> uint(rand.Intn(63)))
	}
}

// TestCollapse: the lowest bins are joined where there would be too many.
func TestCollapse(t *testing.T) {
	for _, order := range [][]int64{{1, 2, 3, math.MaxInt64}, {math.MaxInt64, 3, 2, 1}, {3, math.MaxInt64, 1, 2}} {
		var s sketch
		b := freeBucket()
		for _, d := range order {
			s.add(d, b)
		}
		got := decodeSketch(t, s.appendTo(nil))
		highest := binOf(math.MaxInt64)
		if len(got.bins) != maxBins || got.first != highest-maxBins+1 || got.bins[0] != 3 || got.bins[maxBins-1] != 1 {
			t.Errorf("%v: from %d, %d bins, %v in the first one", order, got.first, len(got.bins), got.bins[0])
		}
	}
}

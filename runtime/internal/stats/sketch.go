//go:build go1.21

package stats

import (
	"encoding/binary"
	"math"
	"sync"
)

// The sketch is the agent's: a DDSketch (https://www.vldb.org/pvldb/vol12/p2195-masson.pdf) with a logarithmic mapping of 1 %
// relative accuracy and at most 2048 bins, of which the lowest are joined where there would be more (datadog-agent,
// pkg/trace/stats/statsraw.go; sketches-go, LogCollapsingLowestDenseDDSketch). Only what agrees with the agent's own mapping
// is added up there without being computed anew.
const (
	accuracy = 0.01
	maxBins  = 2048
)

var (
	gamma      = (1 + accuracy) / (1 - accuracy)
	multiplier = 1 / math.Log(gamma)
)

// binSlack is how many bins more than needed a sketch gets where it grows.
const binSlack = 8

// binBytes is what one bin takes.
const binBytes = 4

// sketch counts durations. Its array is as wide as the durations are apart.
type sketch struct {
	bins []uint32
	low  int    // the index of the first bin
	zero uint64 // durations of 0
}

// binOf returns the bin of a duration above 0, whose precision is first cut to ten bits, as the agent does
// (nsTimestampToFloat). So there are few logarithms, and they need not be computed again and again.
func binOf(d int64) int {
	bits := math.Float64bits(float64(d)) & 0xfffff80000000000
	exponent := int(bits>>52) - 1023
	bin := float64(exponent)*exponentBins + mantissaBins[bits>>43&(1<<9-1)]
	whole := int(bin)
	if off := bin - float64(whole); off > 1e-9 && off < 1-1e-9 {
		return whole
	}
	return exactBin(math.Float64frombits(bits)) // rounding counts
}

// exactBin is never negative, as v is at least 1.
func exactBin(v float64) int { return int(math.Log(v) * multiplier) }

// In terms of bins: what doubles a duration, and the logarithms from 1 to 2 in 512 steps.
var (
	exponentBins = math.Ln2 * multiplier
	mantissaBins [1 << 9]float64
	mantissaOnce sync.Once
)

func fillMantissaBins() {
	for i := range mantissaBins {
		mantissaBins[i] = math.Log(1+float64(i)/(1<<9)) * multiplier
	}
}

// add counts a duration. take is asked whether there may be so many bytes more; if not, the nearest bin has it.
func (s *sketch) add(d int64, b *bucket) {
	if d <= 0 {
		s.zero++
		return
	}
	bin := binOf(d)
	if i := uint(bin - s.low); i < uint(len(s.bins)) {
		s.bins[i]++
		return
	}
	s.count(bin, 1, b)
}

// count adds to a bin that there may not be yet.
func (s *sketch) count(bin int, n uint32, b *bucket) {
	s.reach(bin, bin, b)
	i := bin - s.low
	if i < 0 {
		i = 0
	}
	if i >= len(s.bins) {
		i = len(s.bins) - 1
	}
	s.bins[i] += n
}

// reach widens the sketch to the bins from one to another, as far as it is allowed to.
func (s *sketch) reach(from, to int, b *bucket) {
	low, high := from, to+1
	if len(s.bins) > 0 {
		first, last := s.used()
		if low > first {
			low = first
		}
		if high < last+1 {
			high = last + 1
		}
		if low >= s.low && high <= s.low+len(s.bins) {
			return
		}
	}
	if high-low > maxBins {
		low = high - maxBins
	}
	// Some more where it grows, so that it does not grow with every duration.
	if room := maxBins - (high - low); room >= 2*binSlack {
		if low = low - binSlack; low < 0 {
			low = 0
		}
		high += binSlack
	}
	grown := int64(high-low-len(s.bins)) * binBytes
	if len(s.bins) > 0 && !b.take(grown, false) {
		return
	} else if len(s.bins) == 0 {
		b.take(grown, true)
	}
	bins := make([]uint32, high-low)
	for i, n := range s.bins {
		at := s.low + i - low
		if at < 0 {
			at = 0 // these are joined
		}
		if n > 0 {
			bins[at] += n
		}
	}
	s.bins, s.low = bins, low
}

// used returns the first and last bin with something in it. There is one.
func (s *sketch) used() (first, last int) {
	i, j := 0, len(s.bins)-1
	for i < j && s.bins[i] == 0 {
		i++
	}
	for j > i && s.bins[j] == 0 {
		j--
	}
	return s.low + i, s.low + j
}

// merge adds what another sketch has.
func (s *sketch) merge(o *sketch, b *bucket) {
	s.zero += o.zero
	if len(o.bins) == 0 {
		return
	}
	first, last := o.used()
	s.reach(first, last, b)
	for bin := first; bin <= last; bin++ {
		if n := o.bins[bin-o.low]; n > 0 {
			s.count(bin, n, b)
		}
	}
}

// appendTo appends the sketch as protobuf, byte for byte what sketches-go writes
// (https://github.com/DataDog/sketches-go, ddsketch/pb/ddsketch.proto).
func (s *sketch) appendTo(b []byte) []byte {
	b = append(b, 1<<3|2, 9, 1<<3|1) // mapping: gamma
	b = appendDouble(b, gamma)
	b = s.appendStore(b)
	b = append(b, 3<<3|2, 0) // negative values: none
	if s.zero > 0 {
		b = append(b, 4<<3|1)
		b = appendDouble(b, float64(s.zero))
	}
	return b
}

func (s *sketch) appendStore(b []byte) []byte {
	b = append(b, 2<<3|2)
	if len(s.bins) == 0 {
		return append(b, 0)
	}
	first, last := s.used()
	counts := 8 * (last - first + 1)
	size := 1 + uvarintLen(counts) + counts
	if first != 0 {
		size += 1 + uvarintLen(2*first)
	}
	b = binary.AppendUvarint(b, uint64(size))
	b = append(b, 2<<3|2) // contiguousBinCounts
	b = binary.AppendUvarint(b, uint64(counts))
	for bin := first; bin <= last; bin++ {
		b = appendDouble(b, float64(s.bins[bin-s.low]))
	}
	if first != 0 {
		b = append(b, 3<<3) // contiguousBinIndexOffset, zigzag
		b = binary.AppendUvarint(b, uint64(2*first))
	}
	return b
}

func appendDouble(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}

func uvarintLen(v int) int {
	n := 1
	for ; v >= 0x80; v >>= 7 {
		n++
	}
	return n
}

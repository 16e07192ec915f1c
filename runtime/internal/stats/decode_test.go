//go:build go1.21

package stats

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

// decoded is a payload as the agent would read it.
type decoded struct {
	texts    map[string]string
	sequence uint64
	buckets  []decodedBucket
}

type decodedBucket struct {
	start, duration uint64
	groups          []decodedGroup
}

type decodedGroup struct {
	texts      map[string]string
	numbers    map[string]uint64
	synthetics bool
	peers      []string
	ok, failed decodedSketch
}

type decodedSketch struct {
	zero  float64
	first int
	bins  []float64
}

func decode(t testing.TB, payloads [][]byte) (list []decoded) {
	t.Helper()
	for _, p := range payloads {
		r := &msgpack.Reader{Rest: p}
		d := decoded{texts: map[string]string{}}
		for n := r.Map(); n > 0; n-- {
			switch key := r.String(); key {
			case "Sequence":
				d.sequence = r.Uint()
			case "Stats":
				for n := r.Array(); n > 0; n-- {
					d.buckets = append(d.buckets, decodeBucket(t, r))
				}
			default:
				d.texts[key] = r.String()
			}
		}
		if r.Err != nil || len(r.Rest) > 0 {
			t.Fatalf("%v, %d bytes too many", r.Err, len(r.Rest))
		}
		list = append(list, d)
	}
	return list
}

func decodeBucket(t testing.TB, r *msgpack.Reader) (b decodedBucket) {
	for n := r.Map(); n > 0; n-- {
		switch key := r.String(); key {
		case "Start":
			b.start = r.Uint()
		case "Duration":
			b.duration = r.Uint()
		case "Stats":
			for n := r.Array(); n > 0; n-- {
				b.groups = append(b.groups, decodeGroup(t, r))
			}
		default:
			t.Fatalf("a bucket has %q", key)
		}
	}
	return b
}

func decodeGroup(t testing.TB, r *msgpack.Reader) decodedGroup {
	g := decodedGroup{texts: map[string]string{}, numbers: map[string]uint64{}}
	for n := r.Map(); n > 0; n-- {
		switch key := r.String(); key {
		case "HTTPStatusCode", "IsTraceRoot", "Hits", "Errors", "TopLevelHits", "Duration":
			g.numbers[key] = r.Uint()
		case "Synthetics":
			g.synthetics = r.Rest[0] == 0xc3
			r.Rest = r.Rest[1:]
		case "PeerTags":
			for n := r.Array(); n > 0; n-- {
				g.peers = append(g.peers, r.String())
			}
		case "OkSummary", "ErrorSummary":
			if r.Rest[0] != 0xc6 {
				t.Fatalf("%s is not binary", key)
			}
			size := binary.BigEndian.Uint32(r.Rest[1:])
			s := decodeSketch(t, r.Rest[5:5+size])
			r.Rest = r.Rest[5+size:]
			if key == "OkSummary" {
				g.ok = s
			} else {
				g.failed = s
			}
		default:
			g.texts[key] = r.String()
		}
	}
	return g
}

func decodeSketch(t testing.TB, b []byte) (s decodedSketch) {
	double := func() float64 {
		v := math.Float64frombits(binary.LittleEndian.Uint64(b))
		b = b[8:]
		return v
	}
	number := func() int {
		v, n := binary.Uvarint(b)
		b = b[n:]
		return int(v)
	}
	expect := func(want string) {
		if string(b[:len(want)]) != want {
			t.Fatalf("% x instead of % x", b[:len(want)], want)
		}
		b = b[len(want):]
	}
	expect("\x0a\x09\x09")
	if g := double(); g != 1.01/0.99 {
		t.Fatalf("gamma is %v", g)
	}
	expect("\x12")
	if left := number(); left > 0 {
		left = len(b) - left
		expect("\x12")
		for n := number() / 8; n > 0; n-- {
			s.bins = append(s.bins, double())
		}
		if len(b) > left {
			expect("\x18")
			s.first = number() / 2
		}
	}
	expect("\x1a\x00")
	if len(b) > 0 {
		expect("\x21")
		s.zero = double()
	}
	if len(b) > 0 {
		t.Fatalf("%d bytes too many", len(b))
	}
	return s
}

// quantile is sketches-go's GetValueAtQuantile.
func (s *decodedSketch) quantile(q float64) float64 {
	count := s.zero
	for _, n := range s.bins {
		count += n
	}
	rank := q * (count - 1)
	if rank < s.zero {
		return 0
	}
	rank -= s.zero
	seen := 0.0
	for i, n := range s.bins {
		if seen += n; seen > rank {
			return math.Exp(float64(s.first+i)/multiplier) * (1 + accuracy)
		}
	}
	return math.NaN()
}

func (g *decodedGroup) String() string {
	return fmt.Sprintf("%s %s: %d hits, %d errors, %d top", g.texts["Service"], g.texts["Resource"], g.numbers["Hits"], g.numbers["Errors"], g.numbers["TopLevelHits"])
}

//go:build go1.21

package msgpack

import (
	"math"
	"strings"
	"testing"

	"github.com/tinylib/msgp/msgp"
)

var edges = []uint64{
	0, 1, 15, 16, 31, 32, 127, 128, 255, 256, 65535, 65536, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64, math.MaxUint64,
}

// TestAgainstMsgp has another implementation read what is written, at the edges of every form.
func TestAgainstMsgp(t *testing.T) {
	for _, v := range edges {
		if got, rest, err := msgp.ReadUint64Bytes(AppendUint(nil, v)); got != v || len(rest) > 0 || err != nil {
			t.Errorf("uint %d: %d %v", v, got, err)
		}
		for _, i := range []int64{int64(v), -int64(v)} {
			if got, rest, err := msgp.ReadInt64Bytes(AppendInt(nil, i)); got != i || len(rest) > 0 || err != nil {
				t.Errorf("int %d: %d %v", i, got, err)
			}
		}
		if v > 1<<20 {
			continue
		}
		s := strings.Repeat("x", int(v))
		if got, rest, err := msgp.ReadStringBytes(AppendString(nil, s)); got != s || len(rest) > 0 || err != nil {
			t.Errorf("string of %d: %v", v, err)
		}
		if got, _, err := msgp.ReadArrayHeaderBytes(AppendArray(nil, int(v))); uint64(got) != v || err != nil {
			t.Errorf("array of %d: %d %v", v, got, err)
		}
		if got, _, err := msgp.ReadMapHeaderBytes(AppendMap(nil, int(v))); uint64(got) != v || err != nil {
			t.Errorf("map of %d: %d %v", v, got, err)
		}
	}
	for _, f := range []float64{0, -1.5, math.MaxFloat64, math.SmallestNonzeroFloat64} {
		if got, _, err := msgp.ReadFloat64Bytes(AppendFloat(nil, f)); got != f || err != nil {
			t.Errorf("float %v: %v %v", f, got, err)
		}
	}
}

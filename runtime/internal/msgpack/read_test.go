//go:build go1.21

package msgpack

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	texts := []string{"", "a", strings.Repeat("b", 31), strings.Repeat("c", 32), strings.Repeat("d", 300), strings.Repeat("水", 30000)}
	numbers := []int64{0, 1, 127, 128, 255, 256, 65535, 65536, 1 << 32, math.MaxInt64, -1, -32, -33, -1000, math.MinInt64}
	var b []byte
	for _, s := range texts {
		b = AppendString(b, s)
	}
	for _, n := range numbers {
		b = AppendInt(b, n)
	}
	b = AppendUint(b, math.MaxUint64)
	b = AppendFloat(b, -1.5)
	for _, n := range []int{0, 15, 16, 70000} {
		b = AppendArray(b, n)
		for i := 0; i < n; i++ {
			b = AppendMap(b, 1)
			b = AppendString(b, "k")
			b = AppendFloat(b, 1)
		}
	}
	all := b
	r := Reader{Rest: b}
	for _, s := range texts {
		if got := r.String(); got != s {
			t.Errorf("%.40q is read as %.40q", s, got)
		}
	}
	for _, n := range numbers {
		if got := r.Int(); got != n {
			t.Errorf("%d is read as %d", n, got)
		}
	}
	if u, f := r.Uint(), r.Float(); u != math.MaxUint64 || f != -1.5 {
		t.Error(u, f)
	}
	for i := 0; i < 4; i++ {
		r.Skip()
	}
	if r.Err != nil || len(r.Rest) != 0 {
		t.Errorf("%v, %d bytes are left", r.Err, len(r.Rest))
	}
	for r = (Reader{Rest: all}); len(r.Rest) > 0; {
		r.Skip()
	}
	if r.Err != nil {
		t.Error(r.Err)
	}
}

// FuzzRead reads whatever comes: nothing panics, and nothing is made larger than what it is made from.
func FuzzRead(f *testing.F) {
	f.Add([]byte{0xdd, 0xff, 0xff, 0xff, 0xff}, byte(0))
	f.Add(AppendString(nil, strings.Repeat("x", 300)), byte(2))
	f.Add(AppendInt(nil, -1000), byte(3))
	f.Fuzz(func(t *testing.T, b []byte, what byte) {
		r := Reader{Rest: b}
		switch what % 6 {
		case 0:
			if n := r.Array(); n > len(b) {
				t.Errorf("%d elements in %d bytes", n, len(b))
			}
		case 1:
			if n := r.Map(); n > len(b) {
				t.Errorf("%d pairs in %d bytes", n, len(b))
			}
		case 2:
			if s := r.String(); len(s) > len(b) {
				t.Errorf("a string of %d bytes in %d", len(s), len(b))
			}
		case 3:
			r.Int()
		case 4:
			r.Float()
		case 5:
			r.Skip()
		}
		if r.Err != nil && (!errors.Is(r.Err, ErrFormat) || len(r.Rest) != 0) {
			t.Errorf("%v, with %d bytes left", r.Err, len(r.Rest))
		}
	})
}

//go:build go1.21

package tracetest

import "testing"

// FuzzDecode reads whatever comes as a chunk, and links what it has read.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("\x92\x83\xa7span_id\x01\xa9parent_id\x02\xa4meta\x81\xa1a\xa1b\x82\xa7span_id\x02\xa9parent_id\x01"), 2)
	f.Add([]byte("\x91\x82\xa5start\x00\xa4what\xc0"), 1)
	f.Fuzz(func(t *testing.T, chunk []byte, n int) {
		if n < 0 || n > 1000 {
			n = 3
		}
		order := make([]uint64, n)
		for i := range order {
			order[i] = uint64(i)
		}
		spans, _ := decode(chunk, order)
		all := map[spanID]*Span{}
		for _, s := range spans {
			all[spanID{s.TraceID, s.ID}] = s
		}
		r := Recorder{spans: all}
		var count func(*Span)
		left := len(all)
		count = func(s *Span) {
			left--
			for _, c := range s.Children() {
				count(c)
			}
		}
		for _, s := range link(r.spans) {
			if s.Parent() == nil {
				count(s)
			}
			_ = s.Root().String()
		}
		if left != 0 {
			t.Errorf("%d of %d spans are below no root", left, len(all))
		}
	})
}

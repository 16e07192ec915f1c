package agent

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestNumbersOfLongTexts: the numbers stay when spans are let go, and are not
// part of the budget; so their texts have a bound.
func TestNumbersOfLongTexts(t *testing.T) {
	st := NewStore(1 << 20)
	long := strings.Repeat("日", 100_000)
	for i := range uint64(20) {
		span := Span{TraceID: i + 1, SpanID: 1, Service: long, Name: long, Type: long, Resource: fmt.Sprint(i, long)}
		st.add([]chunk{chunkOf(span)})
	}
	list := st.Resources(0)
	if len(list) != 20 {
		t.Errorf("%d resources", len(list))
	}
	for _, r := range list {
		if len(r.Service) != 99 || len(r.Name) != 99 || len(r.Type) != 99 || len(r.Resource) > 5000 || !utf8.ValidString(r.Resource) {
			t.Fatalf("%d, %d, %d and %d bytes", len(r.Service), len(r.Name), len(r.Type), len(r.Resource))
		}
	}
}

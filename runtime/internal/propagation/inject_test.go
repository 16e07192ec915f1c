//go:build go1.21

package propagation

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestInject(t *testing.T) {
	full := Context{
		High: 0x640cfd8d00000000, Low: 42, Span: 7, Priority: 2, Decided: true, Origin: "r=m~", Local: true,
		Tags:  []Pair{{"_dd.p.dm", "-4"}, {"_dd.p.usr id", "a,b"}, {"_dd.p.x", "1=2"}},
		State: "a=1,b=2", Baggage: []Pair{{"user.id", "a b+c"}, {"ä,=", "\n\\\";"}},
	}
	for _, c := range []struct {
		styles []Style
		c      Context
		want   string
	}{
		{[]Style{Datadog}, full, "X-Datadog-Origin: r=m~|X-Datadog-Parent-Id: 7|X-Datadog-Sampling-Priority: 2|" +
			"X-Datadog-Tags: _dd.p.tid=640cfd8d00000000,_dd.p.dm=-4,_dd.p.x=1=2|X-Datadog-Trace-Id: 42"},
		{[]Style{TraceContext}, full, "Traceparent: 00-640cfd8d00000000000000000000002a-0000000000000007-01|" +
			"Tracestate: dd=s:2;o:r~m_;p:0000000000000007;t.dm:-4;t.usr_id:a_b;t.x:1~2,a=1,b=2"},
		{[]Style{Baggage}, full, "Baggage: user.id=a%20b%2Bc,%C3%A4%2C%3D=%5C%22%3B"},
		{[]Style{B3Multi, B3Single}, full, "B3: 640cfd8d00000000000000000000002a-0000000000000007-d|X-B3-Flags: 1|X-B3-Spanid: 0000000000000007|" +
			"X-B3-Traceid: 640cfd8d00000000000000000000002a"},
		{[]Style{B3Multi, B3Single}, Context{Low: 42, Span: 7, Priority: -1, Decided: true}, "B3: 000000000000002a-0000000000000007-0|X-B3-Sampled: 0|" +
			"X-B3-Spanid: 0000000000000007|X-B3-Traceid: 000000000000002a"},
		{[]Style{B3Multi, B3Single, TraceContext}, Context{Low: 42, Span: 7}, "B3: 000000000000002a-0000000000000007|" +
			"Traceparent: 00-0000000000000000000000000000002a-0000000000000007-00|X-B3-Spanid: 0000000000000007|X-B3-Traceid: 000000000000002a"},
		{[]Style{TraceContext}, Context{Low: 42, Span: 7, Reported: 5}, "Traceparent: 00-0000000000000000000000000000002a-0000000000000007-00|Tracestate: dd=p:0000000000000005"},
		{[]Style{Datadog, TraceContext, B3Multi, B3Single}, Context{Low: 42}, "X-Datadog-Parent-Id: 0|X-Datadog-Trace-Id: 42"},
		{[]Style{Datadog, TraceContext, B3Multi, B3Single, Baggage}, Context{Span: 7}, ""},
	} {
		h := http.Header{}
		Inject(h, c.styles, &c.c)
		var b strings.Builder
		h.Write(&b)
		if got := strings.TrimSuffix(strings.ReplaceAll(b.String(), "\r\n", "|"), "|"); got != c.want {
			t.Errorf("%v %s\n got %s\nwant %s", c.styles, show(&c.c), got, c.want)
		}
	}
}

// TestLimits injects more than any header may have.
func TestLimits(t *testing.T) {
	c := Context{Low: 42, Span: 7, Local: true}
	var members []string
	for i := 0; i < 300; i++ {
		c.Tags = append(c.Tags, Pair{fmt.Sprintf("_dd.p.%d", i), "value"})
		c.Baggage = append(c.Baggage, Pair{fmt.Sprintf("%d", i), strings.Repeat("x", 200)})
		members = append(members, fmt.Sprintf("v%d=1", i))
	}
	c.State = strings.Join(members, ",")
	h := http.Header{}
	Inject(h, Standard(), &c)
	state := h.Get(stateKey)
	dd, _, _ := strings.Cut(state, ",")
	if n := strings.Count(state, ",") + 1; n != maxMembers || len(dd) > maxDDMember || !strings.HasSuffix(state, ",v30=1") {
		t.Errorf("%d members, Datadog's has %d bytes: %s", n, len(dd), state)
	}
	if n := len(h.Get(TagsKey)); n > maxTags || n < maxTags-20 {
		t.Errorf("%d bytes of tags", n)
	}
	if n := len(h.Get(baggageKey)); n > maxBaggageBytes || n < maxBaggageBytes-250 {
		t.Errorf("%d bytes of baggage", n)
	}
	h.Set(baggageKey, "")
	for i := 0; i < 100; i++ {
		h.Set(baggageKey, fmt.Sprintf("%s%d=v,", h.Get(baggageKey), i))
	}
	if n := len(Extract(h, Options{Styles: Standard()}).Baggage); n != MaxBaggage {
		t.Errorf("%d items", n)
	}
}

// FuzzExtract has anything in the headers. What is handed on of it can stand in a header, and is read again as it was.
func FuzzExtract(f *testing.F) {
	f.Add("42", "7", "2", "rum", "_dd.p.dm=-4,_dd.p.tid="+high, w3c, "a=1,dd=s:2;o:rum;p:0000000000000007;t.dm:-4", "user.id=a%20b+c;p=1, k = v%2Cw", trace+"-0000000000000007-d-1")
	f.Add("", "", "", "", "", w3c, "dd=s:-1;t.dm:-4", "a=%", "0")
	f.Fuzz(func(t *testing.T, id, parent, priority, origin, tags, traceparent, state, baggage, b3 string) {
		keys := []string{TraceIDKey, ParentIDKey, PriorityKey, OriginKey, TagsKey, parentKey, stateKey, baggageKey, b3Key}
		h := http.Header{}
		for i, value := range []string{id, parent, priority, origin, tags, traceparent, state, baggage, b3} {
			h.Set(keys[i], value)
		}
		for _, style := range []Style{Datadog, TraceContext, B3Multi, B3Single} {
			c := Extract(h, Options{Styles: []Style{style, Baggage}})
			if c == nil {
				continue
			}
			out := http.Header{}
			Inject(out, []Style{style, Baggage}, c)
			for key, list := range out {
				if !printable(list[0]) || len(list[0]) > 3*maxBaggageBytes {
					t.Errorf("%s: %q", key, list[0])
				}
			}
			again := Extract(out, Options{Styles: []Style{style, Baggage}})
			if again == nil && c.Low == 0 {
				continue // baggage of spaces only
			}
			if again == nil || again.High != c.High || again.Low != c.Low || again.Span != c.Span || again.Decided != c.Decided {
				t.Errorf("%s: %s becomes %s", style, show(c), show(again))
			}
			if again != nil && again.Decided && (again.Priority > 0) != (c.Priority > 0) {
				t.Errorf("%s: %s becomes %s", style, show(c), show(again))
			}
		}
		Extract(h, Options{Styles: []Style{B3Single, TraceContext, Datadog, Baggage}})
	})
}

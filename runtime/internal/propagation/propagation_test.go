//go:build go1.21

package propagation

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// header makes a carrier of keys and values by turns; a key may come twice.
func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

// show is what a context says, in short.
func show(c *Context) string {
	if c == nil {
		return "nothing"
	}
	text := fmt.Sprintf("%x:%x/%x", c.High, c.Low, c.Span)
	if c.Decided {
		text += fmt.Sprintf(" priority %d", c.Priority)
	}
	if c.Reported != 0 {
		text += fmt.Sprintf(" reported %x", c.Reported)
	}
	for _, part := range []struct{ name, value string }{{"origin", c.Origin}, {"state", c.State}} {
		if part.value != "" {
			text += " " + part.name + " " + part.value
		}
	}
	for _, t := range append(c.Tags, c.Baggage...) {
		text += fmt.Sprintf(" %s=%s", t.Key, t.Value)
	}
	for _, l := range c.Links {
		text += fmt.Sprintf(" link %x:%x/%x %v %q %s %s", l.High, l.Low, l.Span, l.Sampled, l.State, l.Reason, l.Style)
	}
	return text
}

const (
	high  = "640cfd8d00000000"
	low   = "000000000000002a"
	trace = high + low
	w3c   = "00-" + trace + "-00f067aa0ba902b7-01"
)

func TestExtract(t *testing.T) {
	all := []Style{Datadog, TraceContext, Baggage, B3Multi, B3Single}
	for _, c := range []struct {
		headers []string
		want    string
	}{
		{nil, "nothing"},
		// Datadog
		{[]string{TraceIDKey, "42", ParentIDKey, "7", PriorityKey, "2", OriginKey, "rum", TagsKey, "_dd.p.dm=-4,_dd.p.tid=" + high + ",x=y,_dd.p.a=b=c"},
			"640cfd8d00000000:2a/7 priority 2 origin rum _dd.p.dm=-4 _dd.p.a=b=c"},
		{[]string{TraceIDKey, "42"}, "0:2a/0"},
		{[]string{TraceIDKey, "42", ParentIDKey, "-1", PriorityKey, "high", OriginKey, "\x01", TagsKey, "_dd.p.tid=123,_dd.p.tid=xxxxxxxxxxxxxxxx,=,,_dd.p.=1,_dd.p.b="}, "0:2a/0"},
		{[]string{TraceIDKey, "42", TagsKey, "_dd.p.a=" + strings.Repeat("x", 512)}, "0:2a/0"},
		{[]string{TraceIDKey, "18446744073709551616"}, "nothing"},
		{[]string{TraceIDKey, "0", ParentIDKey, "7"}, "nothing"},
		// W3C
		{[]string{parentKey, w3c}, "640cfd8d00000000:2a/f067aa0ba902b7 priority 1"},
		{[]string{parentKey, w3c, stateKey, "a=1 ,\tdd=s:2;o:r~m;p:0000000000000007;t.dm:-4;t.tid:1234567812345678;t.usr.id:x~,b=2"},
			"640cfd8d00000000:2a/f067aa0ba902b7 priority 2 reported 7 origin r=m state a=1,b=2 _dd.p.dm=-4 _dd.p.usr.id=x="},
		{[]string{parentKey, w3c, stateKey, "a=1", stateKey, "b=2"}, "640cfd8d00000000:2a/f067aa0ba902b7 priority 1 state a=1,b=2"},
		{[]string{parentKey, w3c, stateKey, "dd=s:-1;t.dm:-4"}, "640cfd8d00000000:2a/f067aa0ba902b7 priority 1 _dd.p.dm=-0"},
		{[]string{parentKey, w3c[:54] + "0", stateKey, "dd=t.dm:-4;s:2"}, "640cfd8d00000000:2a/f067aa0ba902b7 priority 0"},
		{[]string{parentKey, w3c[:54] + "0", stateKey, "dd=s:-1"}, "640cfd8d00000000:2a/f067aa0ba902b7 priority -1"},
		{[]string{parentKey, w3c, stateKey, "dd=s:x;p:7;o;t.a:;:,=1,a=,\x7f"}, "640cfd8d00000000:2a/f067aa0ba902b7 priority 1"},
		{[]string{parentKey, w3c, stateKey, "dd=o:" + strings.Repeat("x", 256) + ",a=1"}, "640cfd8d00000000:2a/f067aa0ba902b7 priority 1 state a=1"},
		{[]string{parentKey, "cc" + w3c[2:] + "-more"}, "640cfd8d00000000:2a/f067aa0ba902b7 priority 1"},
		{[]string{parentKey, strings.ToUpper(w3c)}, "640cfd8d00000000:2a/f067aa0ba902b7 priority 1"},
		{[]string{parentKey, w3c + "-more"}, "nothing"},
		{[]string{parentKey, "cc" + w3c[2:] + "more"}, "nothing"},
		{[]string{parentKey, "ff" + w3c[2:]}, "nothing"},
		{[]string{parentKey, w3c, parentKey, w3c}, "nothing"},
		{[]string{parentKey, "00-" + trace + "-0000000000000000-01"}, "nothing"},
		{[]string{parentKey, "00-" + strings.Repeat("0", 32) + "-00f067aa0ba902b7-01"}, "nothing"},
		{[]string{parentKey, strings.Replace(w3c, "f067", "g067", 1)}, "nothing"},
		{[]string{stateKey, "dd=s:2"}, "nothing"},
		// B3
		{[]string{b3TraceID, trace, b3SpanID, "7", b3Sampled, "1"}, "640cfd8d00000000:2a/7 priority 1"},
		{[]string{b3TraceID, low, b3SpanID, "0000000000000007", b3Sampled, "0", b3Flags, "1"}, "0:2a/7 priority 2"},
		{[]string{b3TraceID, low, b3SpanID, "0000000000000007"}, "0:2a/7"},
		{[]string{b3TraceID, low}, "nothing"},
		{[]string{b3TraceID, "1" + trace, b3SpanID, "7"}, "nothing"},
		{[]string{b3Key, trace + "-0000000000000007-d-0000000000000001"}, "640cfd8d00000000:2a/7 priority 2"},
		{[]string{b3Key, low + "-0000000000000007"}, "0:2a/7"},
		{[]string{b3Key, "0"}, "nothing"},
		{[]string{b3Key, "-"}, "nothing"},
		// Baggage
		{[]string{baggageKey, "user.id=a%20b+c;p=1, k = v%2Cw"}, "0:0/0 user.id=a b c k=v,w"},
		{[]string{baggageKey, "a=1", baggageKey, "b=%2,a=3"}, "0:0/0 b=%2 a=3"},
		{[]string{baggageKey, "a=1,b"}, "nothing"},
		{[]string{baggageKey, "a=1,=2"}, "nothing"},
		{[]string{baggageKey, "a=1", TraceIDKey, "42"}, "0:2a/0 a=1"},
		// several
		{[]string{TraceIDKey, "42", ParentIDKey, "7", TagsKey, "_dd.p.tid=" + high, parentKey, w3c, stateKey, "dd=s:2;o:x,a=1"},
			"640cfd8d00000000:2a/f067aa0ba902b7 reported 7 state a=1"},
		{[]string{TraceIDKey, "42", ParentIDKey, "7", TagsKey, "_dd.p.tid=" + high, parentKey, w3c, stateKey, "dd=p:0000000000000005"},
			"640cfd8d00000000:2a/f067aa0ba902b7 reported 5"},
		{[]string{TraceIDKey, "42", ParentIDKey, "67667974448284343", TagsKey, "_dd.p.tid=" + high, parentKey, w3c, stateKey, "dd=p:0000000000000005,a=1"},
			"640cfd8d00000000:2a/f067aa0ba902b7 state a=1"},
		{[]string{TraceIDKey, "43", ParentIDKey, "7", parentKey, w3c, stateKey, "a=1, dd=s:2", b3Key, low + "-0000000000000007-0"},
			`0:2b/7 link 640cfd8d00000000:2a/f067aa0ba902b7 true "a=1, dd=s:2" terminated_context tracecontext link 0:2a/7 false "" terminated_context b3`},
		{[]string{TraceIDKey, "x", ParentIDKey, "7", parentKey, w3c}, "640cfd8d00000000:2a/f067aa0ba902b7 priority 1"},
	} {
		if got := show(Extract(header(c.headers...), Options{Styles: all})); got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.headers, got, c.want)
		}
	}
}

func TestExtractOptions(t *testing.T) {
	h := header(TraceIDKey, "43", ParentIDKey, "7", PriorityKey, "1", parentKey, w3c, stateKey, "a=1", baggageKey, "k=v")
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{}, "nothing"},
		{Options{Styles: []Style{TraceContext, Datadog}}, `640cfd8d00000000:2a/f067aa0ba902b7 priority 1 state a=1 link 0:2b/7 true "" terminated_context datadog`},
		{Options{Styles: []Style{TraceContext, Datadog, Baggage}, First: true}, "640cfd8d00000000:2a/f067aa0ba902b7 priority 1 state a=1 k=v"},
		{Options{Styles: []Style{B3Multi, Datadog}, First: true}, "0:2b/7 priority 1"},
		{Options{Styles: Standard(), Behavior: Restart}, `0:0/0 k=v link 0:2b/7 true "" propagation_behavior_extract datadog`},
		{Options{Styles: []Style{Baggage}, Behavior: Restart}, "0:0/0 k=v"},
		{Options{Styles: Standard(), Behavior: Ignore}, "nothing"},
	} {
		if got := show(Extract(h, c.o)); got != c.want {
			t.Errorf("%v\n got %s\nwant %s", c.o, got, c.want)
		}
	}
}

func TestParseStyles(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "[datadog tracecontext baggage] []",
		"none":                          "[] []",
		"B3, b3multi,b3 single header,": "[b3 b3multi] []",
		"tracecontext,none,jaeger":      "[tracecontext] [jaeger]",
		"Jaeger, xray":                  "[datadog tracecontext baggage] [Jaeger xray]",
	} {
		styles, bad := ParseStyles(text)
		if got := fmt.Sprint(styles, " ", bad); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

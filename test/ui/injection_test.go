package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// hostile texts, each of which a page that made markup of it would run.
var hostile = []string{
	`<img src=x onerror="window.hit=1">`,
	`<script>window.hit=1</script>`,
	`"><svg onload=window.hit=1>`,
	`javascript:window.hit=1`,
	`'};window.hit=1;//`,
	`{{constructor.constructor('window.hit=1')()}}`,
	`</textarea></title></style><iframe srcdoc="<script>parent.hit=1</script>">`,
	"\u202egnp.exe \u0000\u0007\x1b[31m <b>bold</b>",
}

// TestInjection puts hostile texts in every field of a span, and looks at all
// pages: the texts are there as texts, and nothing of them ran.
func TestInjection(t *testing.T) {
	b := open(t)
	var traces []*builder
	for i, x := range hostile {
		trace := newTrace(uint64(i+1), time.Now())
		root := trace.span(0, x+" root", x, x+" name", x+" resource", 0, 10, tags{x: x, "error.message": x, "error.type": x,
			"error.stack": x + "\n\t" + x + ":12\n", "span.kind": x, "env": x})
		trace.span(root, x+" child", x, x, x, 1, 8, tags{x + " number": 3})
		trace.spans[0]["span_links"] = []any{map[string]any{"trace_id": uint64(5), "trace_id_high": uint64(0), "span_id": uint64(7),
			"tracestate": x, "attributes": map[string]any{x: x}}}
		trace.spans[0]["span_events"] = []any{map[string]any{"time_unix_nano": uint64(time.Now().UnixNano()), "name": x,
			"attributes": map[string]any{x: map[string]any{"type": int64(0), "string_value": x}}}}
		send(t, b.agent.URL(), trace)
		traces = append(traces, trace)
	}
	pages := []string{"#/traces", "#/services", "#/map"}
	for i, x := range hostile {
		for _, view := range []string{"flame", "waterfall"} {
			pages = append(pages, "#/trace/"+traces[i].hex()+"?view="+view+"&span="+fmt.Sprint(traces[i].last-1))
		}
		pages = append(pages, "#/services/"+escape(x+" root"), "#/traces?q="+escape(x), "#/traces?service="+escape(x+" root"),
			"#/traces?tag="+escape(strings.NewReplacer(`:`, `\:`, `\`, `\\`).Replace(x)+":"+x), "#/"+x, "#/trace/"+escape(x))
	}
	for _, page := range pages {
		b.visit(page)
		b.until(`document.querySelector('main').innerText.trim().length > 20 && !document.querySelector('main').innerText.includes('Loading')`)
		if strings.HasPrefix(page, "#/traces") || page == "#/services" {
			b.until(rows + `.length > 0`)
		}
		time.Sleep(30 * time.Millisecond)
		bad := eval[string](b, `window.hit ? 'a script ran' :
			[...document.querySelectorAll('main script, main iframe, main img, main b:not(.error):not(.strong), [onerror], [onload], [srcdoc]')].map((e) => e.outerHTML)
				.filter((x) => !x.includes('<b>&lt;') && !/^<b>[^<]*<\/b>$/.test(x)).concat(
			[...document.querySelectorAll('a:not(.skip)')].map((a) => a.getAttribute('href')).filter((x) => !x.startsWith('#'))).join(' ')`)
		if bad != "" {
			t.Errorf("%s: %s", page, bad)
		}
	}
	// And everything is shown.
	for i, x := range hostile {
		b.visit("#/trace/" + traces[i].hex() + "?view=waterfall&span=" + fmt.Sprint(traces[i].last-1))
		b.until(`document.querySelector('.side h2')`)
		text := eval[string](b, `document.querySelector('main').textContent`)
		for _, want := range []string{x + " root", x + " resource", x + " name", x + " child"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not on the page", want)
			}
		}
		if n := strings.Count(text, x); n < 12 {
			t.Errorf("%q is there %d times only", x, n)
		}
	}
	b.forgive("status of 4") // of ids that are none
}

// escape is encodeURIComponent.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}

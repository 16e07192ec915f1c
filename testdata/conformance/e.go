package conf

import (
	"context"
	"fmt"
	"regexp"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

func init() {
	add(map[string]func(){
		"E1": rowE1, "E2": rowE2, "E3": rowE3, "E4": rowE4, "E5": func() { serves(bg); f() }, "E6": rowE6,
		"E7": func() { servesNot(bg) }, "E8": func() { serves(bg) },
	})
}

// serves sets its resource last, as a router may.
//
//dd:trace tag.a=1 tag.n={5}
func serves(ctx context.Context) {
	servesPart(ctx, "x")
	tracer.CurrentSpan(ctx).SetResource("GET /healthcheck")
}

//dd:trace tag.part={part}
func servesPart(ctx context.Context, part string) { inner(ctx) }

//dd:trace tag.manual.drop=true
func servesNot(ctx context.Context) {
	servesPart(ctx, "x")
	servesPart(ctx, "y")
}

// rowE1: a filter that drops all.
func rowE1() {
	tracer.AddFilter(func(tracer.TraceView) tracer.Decision { return tracer.Drop })
	tracer.AddFilter(func(tracer.TraceView) tracer.Decision { fmt.Println("called"); return tracer.Keep })
	serves(bg)
	f()
}

// mutate is a filter that sets a tag on every span.
func mutate(key, value string) func(tracer.TraceView) tracer.Decision {
	return func(trace tracer.TraceView) tracer.Decision {
		for _, s := range trace.Spans() {
			s.SetTag(key, value)
			s.SetTag("last", key)
		}
		return tracer.Keep
	}
}

// rowE2: two filters, of which the second can override the first, and both what is built in.
func rowE2() {
	tracer.AddFilter(mutate("boop", "beep"))
	tracer.AddFilter(mutate("mats", "sundin"))
	tracer.AddFilter(func(trace tracer.TraceView) tracer.Decision {
		trace.Root().SetTag("env", "overridden")
		return tracer.Keep
	})
	serves(bg)
}

// rowE3: a filter that panics, between others.
func rowE3() {
	tracer.AddFilter(mutate("boop", "beep"))
	tracer.AddFilter(func(tracer.TraceView) tracer.Decision { panic("broken") })
	tracer.AddFilter(mutate("mats", "sundin"))
	f()
	f()
}

// rowE4: FilterRequestsOnUrl of the Python tracer, whose pattern must fit from the start.
func rowE4() {
	health := regexp.MustCompile(`^(?:http://.*/healthcheck$)`)
	tracer.AddFilter(func(trace tracer.TraceView) tracer.Decision {
		if url, ok := trace.Root().Tag("http.url").(string); ok && health.MatchString(url) {
			return tracer.Drop
		}
		return tracer.Keep
	})
	requests(bg, "http://host/healthcheck", 0)
	requests(bg, "http://host/healthcheck?x=1", 0)
	requests(bg, "http://host/", 1)
}

//dd:trace tag.http.url={url}
func requests(ctx context.Context, url string, below int) {
	if below > 0 {
		requests(ctx, "http://host/healthcheck", below-1)
	}
}

// rowE6: traces that come with any sampling priority.
func rowE6() {
	for i, priority := range []string{"-1", "0", "1", "2", ""} {
		headers := tracer.TextMap{"x-datadog-trace-id": fmt.Sprint(i + 1), "x-datadog-parent-id": "5"}
		if priority != "" {
			headers["x-datadog-sampling-priority"] = priority
		}
		servesPart(tracer.Extract(headers).Context(bg), priority)
	}
}

package agents

import (
	"regexp"
)

// apart is something in which the runtime and dd-trace-go differ, with the reason.
type apart struct {
	where  string // regular expression for program/path: key
	values string // regular expression for ours|theirs; "": whatever they are
	but    string // what this matches is no matter: without it, both must say the same; "": nothing
	reason string
	used   bool
}

// aparts are all of them.
var aparts = []*apart{
	{where: ".*: metric process_id", reason: "another process; theirs is on all spans of the top level, ours on local roots, as in Python"},
	{where: ".*: (meta (_dd.tags.process|_dd.sdk.otlp_export)|metric (_dd.profiling.enabled|_dd.trace_span_attribute_schema))",
		reason: "what dd-trace-go says of its own state, its profiler's and its naming schema's"},
	{where: ".*: meta _dd.svc_src", reason: "who has named the service: news of dd-trace-go, which Python's has only for its integrations"},
	{where: ".*: metric _sampling_priority_rate_v1", reason: "the agent's, of traces without _dd.agent_psr"},
	{where: "events/events: meta events", but: `^[0-9]+|"exception.(type|stacktrace)":"[^"]*" ?`, reason: "the time; what is known of an error"},
	{where: ".*: metric _dd.agent_psr", values: `\|1`,
		reason: "before the agent has said a rate, there is none of its own: in Python, mechanism 0 and no rate; in Go, 1"},
	{where: ".*: mechanism", values: `0\|1`, reason: "the same"},
	{where: ".*: mechanism", values: `[134]\|0`, reason: "ours says who has dropped a trace, as Python does; the agent does not look"},
	{where: ".*: meta _dd.p.ksr", values: `\|0`, reason: "a rate of 0 is none, in Python and ours"},
	{where: ".*: meta _dd.p.ksr", values: `\|1`, reason: "of a trace that the limiter has dropped, the rate of the rule has not"},
	{where: ".*: meta header.(tracestate|x-datadog-tags)", but: `t\.tid:HIGH|ot=[^,]*|(_dd\.p|t)\.(dm|ksr)[:=][-0-9.]+|[;,]`,
		reason: "the half of the id that traceparent has, and OpenTelemetry's member of the rate, are theirs only; who has decided: see above"},
	{where: ".*: meta _dd.p.ksr", values: `1\|`, reason: "ours is on the first span that is sent, with what else is handed on"},
	{where: ".*: meta header.ot-baggage-.*", values: `\|.*`, reason: "Python sends baggage in its own header only"},
	{where: ".*: meta header.baggage", values: `.*%20.*\|.*\+.*`, reason: "W3C's baggage is percent-encoded; + is no blank there"},
	{where: ".*: meta baggage.*", values: `.+\|`, reason: "DD_TRACE_BAGGAGE_TAG_KEYS, as in Python"},
	{where: "datadog headers/root7: meta _dd.propagation_error", reason: "a hint for who looks for faults in tracers, which ours does not give"},
	{where: "datadog headers/root(6|6/child|9|9/child|10|10/child): .*",
		reason: "what makes sense of broken headers: theirs begins another trace, ours is in the one that the id names"},
	{where: "w3c headers/.*: meta tracestate", values: `\|.*`, reason: "the header as it came, as a tag: theirs only"},
	{where: "(b3 header|b3multi headers)/root3.*: (priority|meta header.*)", reason: "debug: kept by the user (2), and handed on so, as in Python; theirs forgets it"},
	{where: "errors/.*: meta error.(stack|handling_stack)", reason: "theirs has a stack of where Finish is called, under a name of its own"},
	{where: "errors/root[/](typed|wrapped): meta error.type", reason: "the cause, rather than what it is wrapped in"},
	{where: "w3c headers/root1[01]: links", but: "(80000001|1) map.*", reason: "bit 31 says that there are flags, in Python too"},
	{where: "(links|w3c headers)/.*: meta _dd.span_links", values: `\|.*`, reason: "the links once more, as JSON: theirs only"},
	{where: "lists/.*: (meta|metric) (ints|texts).*", reason: "lists are one tag as text, in Python too"},
	{where: "tags/tags: (meta|metric) own number", reason: "a number of a type of the program's is a number"},
	{where: "tags of no use/tags: .*", reason: "what is no tag in Python, or no number anywhere"},
	{where: "DD_TAGS/root: meta own|tags with a meaning/meaning: meta env", reason: "a span's own tags win"},
	{where: "(DD_TAGS|service mapping|service set late|tags that stand for DD_ENV)/.*: meta version", values: `\|.*`,
		reason: "the version is the program's, not that of services that are named otherwise"},
	{where: "tags that stand for DD_ENV/.*: meta service", values: `\|tagged`, reason: "DD_TAGS's service is the service, and no tag"},
	{where: "service mapping/late: (service|meta _dd.svc_src)", values: `site\|web`, reason: "a mapping is for names however they are set"},
	{where: "tags with a meaning/.*: (meta _dd.p.ksr|metric _dd.measured)", reason: "as they are set, in Python too"},
	{where: "tags with a meaning/meaning/child: (failed|resource|type|meta (error|resource.name|span.type|version))",
		reason: "of names that stand for something else than a tag, ours has Python's (service.name, service.version, manual.*)"},
}

// explained finds the reason for a difference.
func explained(where, ours, theirs string) *apart {
	for _, a := range aparts {
		if !matches(a.where, where) || a.values != "" && !matches(a.values, ours+"|"+theirs) {
			continue
		}
		if a.but != "" {
			but := regexp.MustCompile(a.but)
			if but.ReplaceAllString(ours, "") != but.ReplaceAllString(theirs, "") {
				continue
			}
		}
		return a
	}
	return nil
}

func matches(pattern, text string) bool {
	return regexp.MustCompile("^(?s:" + pattern + ")$").MatchString(text)
}

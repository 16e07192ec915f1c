package main

import "strings"

// The rows about filters and sampling.
var conformFilterRows = []conformRow{
	{id: "E1"},
	{id: "E2", env: []string{"DD_ENV=e"}, spans: `
conf.serves resource=GET /healthcheck a=1 boop=beep env=overridden last=mats mats=sundin n:5
  conf.servesPart boop=beep env=e last=mats mats=sundin part=x
    inner boop=beep env=e last=mats mats=sundin`},
	{id: "E3", err: "ddinstrument: a function given to AddFilter panics: broken", spans: `
conf.f boop=beep last=mats mats=sundin

conf.f boop=beep last=mats mats=sundin`},
	{id: "E4", spans: `
conf.requests http.url=http://host/healthcheck?x=1

conf.requests http.url=http://host/
  conf.requests http.url=http://host/healthcheck`},
	{id: "E5", env: []string{`DD_TRACE_SAMPLING_RULES=[{"resource":"get /health*","sample_rate":0},{"resource":"GET *","sample_rate":1}]`},
		show: sampled, spans: sampledAs("_dd.p.dm=-3 a=1 _dd.rule_psr:0 _sampling_priority_v1:-1 n:5", "_dd.p.dm=-0 _sampling_priority_v1:1")},
	{id: "E5/rate 1", run: "E5", env: []string{`DD_TRACE_SAMPLING_RULES=[{"name":"*.serves","tags":{"n":"?"},"sample_rate":1}]`, "DD_TRACE_SAMPLE_RATE=0"},
		show: sampled, spans: sampledAs("_dd.p.dm=-3 _dd.p.ksr=1 a=1 _dd.limit_psr:1 _dd.rule_psr:1 _sampling_priority_v1:2 n:5", "_dd.p.dm=-3 _dd.rule_psr:0 _sampling_priority_v1:-1")},
	{id: "E5/limit", run: "E5", env: []string{`DD_TRACE_SAMPLE_RATE=1`, "DD_TRACE_RATE_LIMIT=1"},
		show: sampled, spans: sampledAs("_dd.p.dm=-3 _dd.p.ksr=1 a=1 _dd.limit_psr:1 _dd.rule_psr:1 _sampling_priority_v1:2 n:5", "_dd.p.dm=-3 _dd.limit_psr:0.5 _dd.rule_psr:1 _sampling_priority_v1:-1")},
	{id: "E6", show: sampled, spans: `
? conf.servesPart part=-1 _sampling_priority_v1:-1
  inner

? conf.servesPart part=0 _sampling_priority_v1:0
  inner

? conf.servesPart part=1 _sampling_priority_v1:1
  inner

? conf.servesPart part=2 _sampling_priority_v1:2
  inner

? conf.servesPart _dd.p.dm=-0 part= _sampling_priority_v1:1
  inner`},
	{id: "E7", env: []string{`DD_SPAN_SAMPLING_RULES=[{"service":"CONF","name":"*part","max_per_second":1}]`}, spans: `
conf.servesNot
  conf.servesPart part=x _dd.span_sampling.max_per_second:1 _dd.span_sampling.mechanism:8 _dd.span_sampling.rule_rate:1
    inner
  conf.servesPart part=y
    inner`},
	{id: "E7/brackets", run: "E7", env: []string{`DD_SPAN_SAMPLING_RULES=[{"name":"*par[t]"}]`}, spans: `
conf.servesNot
  conf.servesPart part=x
    inner
  conf.servesPart part=y
    inner`, err: `ddinstrument: DD_SPAN_SAMPLING_RULES="[{\"name\":\"*par[t]\"}]": rule 1: name: a pattern has * and ?, and no brackets; using no rule`},
	{id: "E8/ignored", run: "E8", env: []string{"DD_APM_IGNORE_RESOURCES=x,health.heck"}},
	{id: "E8/rejected", run: "E8", env: []string{"DD_APM_FILTER_TAGS_REJECT=b a:1"}},
	{id: "E8/rejected by pattern", run: "E8", env: []string{"DD_APM_FILTER_TAGS_REGEX_REJECT=a:[0-9]"}},
	{id: "E8/by rules", run: "E8", env: []string{`DD_TRACE_FILTERING_RULES=[{"resource":"get */health*"}]`}},
	{id: "E8/by no rule", run: "E8", spans: servesSpans, env: []string{`DD_TRACE_FILTERING_RULES=[{"name":"*.serves","filter_rate":0},{"resource":"*"}]`}},
	{id: "E8/required", run: "E8", env: []string{"DD_APM_FILTER_TAGS_REQUIRE=a part"}},
	{id: "E8/sent", run: "E8", env: []string{"DD_APM_IGNORE_RESOURCES=^/healthcheck,inner", "DD_APM_FILTER_TAGS_REJECT=a:2 n:5 part", "DD_APM_FILTER_TAGS_REGEX_REQUIRE=a:1|2"},
		spans: servesSpans},
	{id: "E8/no pattern", run: "E8", env: []string{"DD_APM_IGNORE_RESOURCES=("}, spans: servesSpans,
		err: "ddinstrument: DD_APM_IGNORE_RESOURCES=\"(\": error parsing regexp: missing closing ): `(`; using the rest"},
}

const servesSpans = `
conf.serves resource=GET /healthcheck a=1 n:5
  conf.servesPart part=x
    inner`

var sampled = []string{"_sampling_priority_v1", "_dd.p.dm"}

// sampledAs is row E5's spans with what is said of the sampling of its two traces.
func sampledAs(first, second string) string {
	return strings.Replace(servesSpans, "a=1 n:5", first, 1) + "\n\nconf.f " + second
}

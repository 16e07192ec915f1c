package main

// The rows about logs. The program masks the ids, as they differ from run to run.
var conformLogRows = []conformRow{
	{id: "F1", env: []string{"DD_ENV=e", "DD_VERSION=1"}, spans: "logs service=other env=own version=own",
		out: `{"msg":"m","dd.service":"conf","dd.env":"e","dd.version":"1","dd.trace_id":TRACE,"dd.span_id":SPAN}`},
	{id: "F2", spans: "conf.f", out: `
{"msg":"before","dd.service":"conf","dd.env":"","dd.version":"","dd.trace_id":"0","dd.span_id":"0"}
{"msg":"after","dd.service":"conf","dd.env":"","dd.version":"","dd.trace_id":"0","dd.span_id":"0"}`},
	{id: "F2/disabled", run: "F1", env: []string{"DD_TRACE_ENABLED=false"},
		out: `{"msg":"m","dd.service":"conf","dd.env":"","dd.version":"","dd.trace_id":"0","dd.span_id":"0"}`},
	{id: "F3", spans: "logs", out: `{"msg":"m","dd.service":"conf","dd.env":"","dd.version":"","dd.trace_id":TRACE,"dd.span_id":SPAN}`},
	{id: "F3/64 bits", run: "F3", env: []string{"DD_TRACE_128_BIT_TRACEID_GENERATION_ENABLED=false"}, spans: "logs",
		out: `{"msg":"m","dd.service":"conf","dd.env":"","dd.version":"","dd.trace_id":TRACE64,"dd.span_id":SPAN}`},
	{id: "F4", out: `{"msg":"m","dd.service":"conf","dd.env":"","dd.version":"","dd.trace_id":"234","dd.span_id":"4321"}`},
	{id: "F5", spans: "logs\n\nlogs", out: `
{"msg":"m","a":1,"dd.service":"conf","dd.env":"","dd.version":"","dd.trace_id":TRACE,"dd.span_id":SPAN,"g":{"b":2,"h":{"c":3}}}
{"msg":"goroutine","dd.service":"conf","dd.env":"","dd.version":"","dd.trace_id":TRACE,"dd.span_id":SPAN}
{"msg":"7","dd.service":"conf","dd.env":"","dd.version":"","dd.trace_id":TRACE,"dd.span_id":SPAN}
7 dd.service=conf dd.env= dd.version= dd.trace_id=TRACE dd.span_id=SPAN
true true false`},
	{id: "F5/not wanted", run: "F3", env: []string{"DD_LOGS_INJECTION=false"}, spans: "logs", out: `{"msg":"m"}`},
}

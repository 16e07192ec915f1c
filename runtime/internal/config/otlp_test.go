//go:build go1.21

package config

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// variables reads NAME=value, of which a line each.
func variables(lines string) map[string]string {
	env := map[string]string{}
	for _, line := range strings.Split(lines, "\n") {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			env[name] = value
		}
	}
	return env
}

func TestOTLP(t *testing.T) {
	const (
		dd, traces, all = "DD_TRACE_OTLP_ENDPOINT=", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=", "OTEL_EXPORTER_OTLP_ENDPOINT="
	)
	for _, c := range []struct {
		env, want, problem string // want: address and path; "": the agent
	}{
		{"", "", ""},
		{dd + "http://h:4318", "h:4318 /v1/traces", ""},
		{dd + " http://h:4318/ ", "h:4318 /v1/traces", ""},
		{dd + "http://h/a/b", "h:80 /a/b", ""},
		{dd + "https://h/a/?key=1 2#x", "h:443 /a/?key=1%202", ""},
		{dd + "http://h?key=1", "h:80 /v1/traces?key=1", ""},
		{dd + "unix:///s", "/s /v1/traces", ""},
		{dd + "http://h:1\nDD_AGENT_HOST=a\n" + all + "http://other", "h:1 /v1/traces", ""},
		{dd + "h:4317\n" + all + "http://other", "", `DD_TRACE_OTLP_ENDPOINT="h:4317": not http://, https:// or unix://; using http://localhost:8126`},
		{dd + "http://u:pass@h:x", "", `DD_TRACE_OTLP_ENDPOINT="...": not a port number: x; using http://localhost:8126`},
		{traces + "http://h:4318", "h:4318 /", ""},
		{traces + "http://h:4318/x/", "h:4318 /x/", ""},
		{traces + "http://h:4318/x\n" + all + "http://other", "h:4318 /x", ""},
		{all + "http://h:4318", "h:4318 /v1/traces", ""},
		{all + "http://h:4318/x/?a=b", "h:4318 /x/v1/traces?a=b", ""},
		{all + "http://h\nDD_TRACE_AGENT_URL=http://a", "", ""},
		{all + "http://h\nDD_TRACE_AGENT_PORT=8126", "", ""},
		{traces + "http://h\nDD_AGENT_HOST=a", "", ""},
		{all + "http://h\nsocket=1", "", ""},
		{all + "http://h\nOTEL_TRACES_EXPORTER=none", "", ""},
		{all + "http://h\nOTEL_TRACES_EXPORTER=console,otlp", "h:80 /v1/traces", ""},
		{all + "http://h:4317", "h:4317 /v1/traces", `="http://h:4317/v1/traces": at port 4317 receivers usually want gRPC, which is not spoken; for HTTP they usually have 4318; using http/protobuf to http://h:4317/v1/traces`},
		{all + "http://h:4317\nOTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "h:4317 /v1/traces", ""},
		{all + "http://h:4317\nOTEL_EXPORTER_OTLP_PROTOCOL=grpc", "h:4317 /v1/traces", `OTEL_EXPORTER_OTLP_PROTOCOL="grpc": gRPC is not spoken, only HTTP, for which receivers usually have port 4318; using http/protobuf to http://h:4317/v1/traces`},
		{all + "http://h\nOTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/json\nOTEL_EXPORTER_OTLP_PROTOCOL=grpc", "h:80 /v1/traces", `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL="http/json": not http/protobuf; using`},
		{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "", ""},
		{all + "http://h\nOTEL_EXPORTER_OTLP_TIMEOUT=1s", "h:80 /v1/traces", `OTEL_EXPORTER_OTLP_TIMEOUT="1s": not a number from 1 to 3600000; using 10000`},
		{all + "http://h\nOTEL_EXPORTER_OTLP_HEADERS=key=secret,x\x01=secret", "h:80 /v1/traces", `OTEL_EXPORTER_OTLP_HEADERS="...": "x\x01" is no header; using the rest`},
		{all + "http://h\nOTEL_EXPORTER_OTLP_HEADERS=key=secret%0d%0aX: y", "h:80 /v1/traces", `OTEL_EXPORTER_OTLP_HEADERS="...": "key" is no header; using the rest`},
		{all + "http://h\nOTEL_EXPORTER_OTLP_HEADERS=a=1,secret", "h:80 /v1/traces", `OTEL_EXPORTER_OTLP_HEADERS="...": its part 2 is not NAME=VALUE; using the rest`},
		{all + "http://h\nOTEL_EXPORTER_OTLP_HEADERS=a=%4", "h:80 /v1/traces", `its part 1 is not`},
		{all + "http://h\nOTEL_EXPORTER_OTLP_HEADERS=Content-type=x", "h:80 /v1/traces", `Content-type is not for others to set`},
	} {
		env := variables(c.env)
		got := Read(func(n string) string { return env[n] }, func(string) bool { return env["socket"] != "" }, "prog")
		where := ""
		if o := got.OTLP; o != nil {
			where = o.Address.Address + " " + o.Address.Path
		}
		if where != c.want {
			t.Errorf("%s: %s, want %s", c.env, where, c.want)
		}
		said := strings.Join(got.Problems, "\n")
		if !strings.Contains(said, c.problem) || len(got.Problems) > 1 || c.problem == "" && said != "" || strings.Contains(said, "secret") || strings.Contains(said, "pass@") {
			t.Errorf("%s: %s", c.env, said)
		}
	}
}

func TestOTLPValues(t *testing.T) {
	c := read(variables(`OTEL_EXPORTER_OTLP_ENDPOINT=http://h
		OTEL_EXPORTER_OTLP_HEADERS=other=1
		OTEL_EXPORTER_OTLP_TRACES_HEADERS= api-key = a%20b=,empty=,api-key=second=x,
		OTEL_EXPORTER_OTLP_TIMEOUT=1
		OTEL_EXPORTER_OTLP_TRACES_TIMEOUT=2500`))
	if c.OTLP == nil || strings.Join(c.OTLP.Headers, "|") != "api-key: second=x|empty: " || c.OTLP.Timeout != 2500*time.Millisecond || len(c.Problems) > 0 {
		t.Errorf("%+v, %s", c.OTLP, c.Problems)
	}
}

// TestOpenTelemetryNames: OpenTelemetry's variables stand in for Datadog's.
func TestOpenTelemetryNames(t *testing.T) {
	const attributes = "\nOTEL_RESOURCE_ATTRIBUTES=service.name=r,service.version=2%2C1, deployment.environment=old,deployment.environment.name=e,a=b,x="
	for env, want := range map[string]string{ // service, env, version, tags, resource
		attributes:                               "r e 2,1 [{a b} {x }] []",
		"OTEL_SERVICE_NAME=s" + attributes:       "s e 2,1 [{a b} {x }] []",
		"OTEL_SERVICE_NAME=s\nDD_TAGS=service:t": "s   [] []",
		"DD_SERVICE=d\nOTEL_SERVICE_NAME=s\nDD_ENV=p\nDD_TAGS=version:3,c:d" + attributes: "d p 3 [{c d}] []",
		"DD_TRACE_OTLP_ENDPOINT=http://h\nDD_TAGS=c:d" + attributes:                       "r e 2,1 [{c d}] [{a b} {x }]",
		"OTEL_RESOURCE_ATTRIBUTES=deployment.environment=old":                             "prog old  [] []",
	} {
		c := read(variables(env))
		resource := []Tag{}
		if c.OTLP != nil {
			resource = c.OTLP.Resource
		}
		if got := fmt.Sprint(c.Service, " ", c.Env, " ", c.Version, " ", c.Tags, " ", resource); got != want || len(c.Problems) > 0 {
			t.Errorf("%s: %s, want %s; %s", env, got, want, c.Problems)
		}
	}
	c := read(variables("OTEL_RESOURCE_ATTRIBUTES=a"))
	if got := fmt.Sprint(c.Problems); got != `[OTEL_RESOURCE_ATTRIBUTES="a": its part 1 is not NAME=VALUE; using the rest]` {
		t.Error(got)
	}
}

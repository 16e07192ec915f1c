package agent

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// otlpText is a request with all that a span can have, in JSON as the
// specification has it.
const otlpText = `{"resourceSpans":[{
	"resource":{"attributes":[
		{"key":"service.name","value":{"stringValue":"shop"}},
		{"key":"deployment.environment.name","value":{"stringValue":"ci"}},
		{"key":"host.cpus","value":{"intValue":"2"}}]},
	"scopeSpans":[{"scope":{"name":"otelhttp","version":"1.2"},"spans":[{
		"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000011","parentSpanId":"0000000000000022",
		"traceState":"a=b","name":"GET","kind":2,"startTimeUnixNano":"1700000000000000000","endTimeUnixNano":1700000000000000012,
		"attributes":[
			{"key":"http.request.method","value":{"stringValue":"GET"}},
			{"key":"http.route","value":{"stringValue":"/pay/{id}"}},
			{"key":"http.response.status_code","value":{"intValue":500}},
			{"key":"vip","value":{"boolValue":true}},
			{"key":"share","value":{"doubleValue":0.25}},
			{"key":"none","value":{"doubleValue":"NaN"}},
			{"key":"list","value":{"arrayValue":{"values":[{"stringValue":"a"},{"intValue":"1"}]}}},
			{"key":"map","value":{"kvlistValue":{"values":[{"key":"k","value":{"boolValue":false}}]}}},
			{"key":"raw","value":{"bytesValue":"AQI="}},
			{"key":"empty","value":{}}],
		"events":[{"timeUnixNano":"1700000000000000001","name":"exception","attributes":[
			{"key":"exception.message","value":{"stringValue":"no money"}},
			{"key":"exception.type","value":{"stringValue":"*errors.errorString"}}]}],
		"links":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000033","traceState":"c=d","flags":1,
			"attributes":[{"key":"n","value":{"intValue":"7"}}]}],
		"status":{"code":2}}]}]}]}`

func message(b []byte, number protowire.Number, inner []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, number, protowire.BytesType), inner)
}

// nestedMessage puts a message into others, as the field of that number each.
func nestedMessage(b []byte, numbers ...protowire.Number) []byte {
	for _, n := range numbers {
		b = message(nil, n, b)
	}
	return b
}

func fixed(b []byte, number protowire.Number, v uint64) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(b, number, protowire.Fixed64Type), v)
}

func varint(b []byte, number protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, number, protowire.VarintType), v)
}

func protoPair(key string, value any) []byte {
	return message(message(nil, 1, []byte(key)), 2, protoValue(value))
}

func protoValue(value any) []byte {
	switch v := value.(type) {
	case string:
		return message(nil, 1, []byte(v))
	case bool:
		return varint(nil, 2, protowire.EncodeBool(v))
	case int64:
		return varint(nil, 3, uint64(v))
	case float64:
		return fixed(nil, 4, math.Float64bits(v))
	case []any:
		var all []byte
		for _, e := range v {
			all = message(all, 1, protoValue(e))
		}
		return message(nil, 5, all)
	case map[string]any:
		var all []byte
		for k, e := range v {
			all = message(all, 1, protoPair(k, e))
		}
		return message(nil, 6, all)
	case []byte:
		return message(nil, 7, v)
	}
	return nil
}

// otlpPayloadOf is otlpText in protobuf.
func otlpPayloadOf() []byte {
	id := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	spanID := func(n byte) []byte { return []byte{0, 0, 0, 0, 0, 0, 0, n} }
	span := message(message(message(nil, 1, id), 2, spanID(0x11)), 4, spanID(0x22))
	span = varint(message(message(span, 3, []byte("a=b")), 5, []byte("GET")), 6, kindServer)
	span = fixed(fixed(span, 7, 1_700_000_000_000_000_000), 8, 1_700_000_000_000_000_012)
	for _, a := range []attribute{
		{"http.request.method", "GET"}, {"http.route", "/pay/{id}"}, {"http.response.status_code", int64(500)}, {"vip", true}, {"share", 0.25},
		{"none", math.NaN()}, {"list", []any{"a", int64(1)}}, {"map", map[string]any{"k": false}}, {"raw", []byte{1, 2}}, {"empty", nil},
	} {
		span = message(span, 9, protoPair(a.key, a.value))
	}
	event := message(fixed(nil, 1, 1_700_000_000_000_000_001), 2, []byte("exception"))
	event = message(message(event, 3, protoPair("exception.message", "no money")), 3, protoPair("exception.type", "*errors.errorString"))
	link := message(message(message(nil, 1, id), 2, spanID(0x33)), 3, []byte("c=d"))
	link = message(link, 4, protoPair("n", int64(7)))
	link = protowire.AppendFixed32(protowire.AppendTag(link, 6, protowire.Fixed32Type), 1)
	span = message(message(message(span, 11, event), 13, link), 15, varint(nil, 3, otlpStatusError))
	scope := message(message(nil, 1, []byte("otelhttp")), 2, []byte("1.2"))
	var resource []byte
	for _, a := range []attribute{{"service.name", "shop"}, {"deployment.environment.name", "ci"}, {"host.cpus", int64(2)}} {
		resource = message(resource, 1, protoPair(a.key, a.value))
	}
	return message(nil, 1, message(message(nil, 2, message(message(nil, 1, scope), 2, span)), 1, resource))
}

func TestDecodeOTLP(t *testing.T) {
	want := Span{
		TraceID: 0x090a0b0c0d0e0f10, TraceIDHigh: 0x0102030405060708, SpanID: 0x11, ParentID: 0x22,
		Name: "http.server.request", Service: "shop", Resource: "GET /pay/{id}", Type: "web",
		Start: 1_700_000_000_000_000_000, Duration: 12, Error: 1,
		Meta: map[string]string{
			"http.method": "GET", "http.route": "/pay/{id}", "vip": "true", "none": "NaN", "list": `["a",1]`, "map": `{"k":false}`, "raw": "AQI=",
			"env": "ci", "span.kind": "server", "otel.scope.name": "otelhttp", "otel.scope.version": "1.2", "w3c.tracestate": "a=b",
			"otel.trace_id": "0102030405060708090a0b0c0d0e0f10", "error.message": "no money", "error.type": "*errors.errorString",
		},
		Metrics: map[string]float64{"http.status_code": 500, "share": 0.25, "host.cpus": 2},
		Events: []Event{{Time: 1_700_000_000_000_000_001, Name: "exception", Attributes: map[string]any{
			"exception.message": "no money", "exception.type": "*errors.errorString",
		}}},
		Links: []Link{{
			TraceID: TraceID{0x0102030405060708, 0x090a0b0c0d0e0f10}, SpanID: 0x33, Tracestate: "c=d", Flags: 1, Attributes: map[string]string{"n": "7"},
		}},
	}
	for _, name := range []string{"OTLP", "OTLP in JSON"} {
		chunks, err := forms[name].decode(forms[name].whole, testLimit)
		if err != nil || len(chunks) != 1 || len(chunks[0].spans) != 1 {
			t.Fatalf("%s: %v, %+v", name, err, chunks)
		}
		if got := chunks[0].spans[0]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got\n%+v\nwant\n%+v", name, got, want)
		}
	}
}

// TestOTLPNames: names as the real agent makes them.
func TestOTLPNames(t *testing.T) {
	tests := []struct {
		kind                uint64
		attributes          string
		name, resource, typ string
	}{
		{0, "", "internal", "op", "custom"},
		{kindServer, "", "server.request", "op", "web"},
		{kindClient, "network.protocol.name=AMQP", "amqp.client.request", "op", "http"},
		{kindClient, "http.method=GET url.template=/u", "http.client.request", "GET /u", "http"},
		{kindServer, "http.request.method=_OTHER", "http.server.request", "HTTP", "web"},
		{kindClient, "db.system=postgresql db.statement=SELECT", "postgresql.query", "SELECT", "sql"},
		{kindClient, "db.system.name=redis", "redis.query", "op", "redis"},
		{kindClient, "db.system=other", "other.query", "op", "db"},
		{kindProducer, "messaging.system=kafka messaging.operation=send messaging.destination.name=orders", "kafka.send", "send orders", "custom"},
		{kindServer, "rpc.system=grpc rpc.method=Get rpc.service=Shop", "grpc.server.request", "Get Shop", "web"},
		{kindClient, "rpc.system=aws-api rpc.service=S3", "aws.s3.request", "op", "http"},
		{kindServer, "faas.trigger=timer", "timer.invoke", "op", "web"},
		{kindServer, "graphql.operation.type=query graphql.operation.name=All", "graphql.server.request", "query All", "web"},
		{kindConsumer, "", "consumer", "op", "custom"},
		{0, "operation.name=mine resource.name=r span.type=cache", "mine", "r", "cache"},
		{0, "dd.span.Resource=tuna", "op", "tuna", "custom"},
	}
	for _, test := range tests {
		o := otlpSpan{name: "op", kind: test.kind, resource: &attributes{}}
		for _, pair := range strings.Fields(test.attributes) {
			key, value, _ := strings.Cut(pair, "=")
			o.attributes = append(o.attributes, attribute{key, value})
		}
		if got := [3]string{o.operation(), o.resourceName(), o.spanType()}; got != [3]string{test.name, test.resource, test.typ} {
			t.Errorf("%d %s: %q", test.kind, test.attributes, got)
		}
	}
}

func TestReceiveOTLP(t *testing.T) {
	s := start(t, Options{OTLPAddr: "127.0.0.1:0"})
	zipped := func(b []byte) []byte {
		var buf bytes.Buffer
		w := gzip.NewWriter(&buf)
		w.Write(b)
		w.Close()
		return buf.Bytes()
	}
	bomb := zipped(make([]byte, maxPayload+1))
	span := otlpPayloadOf()
	noIDs := nestedMessage(nil, 2, 2, 1)
	tests := map[string]struct {
		method, path, typ, encoding string
		body                        []byte
		status                      int
	}{
		"protobuf":         {"POST", "/v1/traces", protobufType, "", span, 200},
		"JSON":             {"POST", "/v1/traces", "application/json; charset=utf-8", "", []byte(otlpText), 200},
		"gzip":             {"POST", "/v1/traces", protobufType, "gzip", zipped(span), 200},
		"gzipped JSON":     {"POST", "/v1/traces", jsonType, "gzip", zipped([]byte(otlpText)), 200},
		"nothing":          {"POST", "/v1/traces", protobufType, "", nil, 200},
		"spans, no ids":    {"POST", "/v1/traces", protobufType, "", noIDs, 200},
		"metrics":          {"POST", "/v1/metrics", protobufType, "", []byte("x"), 200},
		"logs":             {"POST", "/v1/logs", jsonType, "", []byte("{}"), 200},
		"GET":              {"GET", "/v1/traces", protobufType, "", nil, 405},
		"elsewhere":        {"POST", "/v2/traces", protobufType, "", nil, 404},
		"text":             {"POST", "/v1/traces", "text/plain", "", span, 415},
		"no type":          {"POST", "/v1/traces", "", "", span, 415},
		"zstd":             {"POST", "/v1/traces", protobufType, "zstd", span, 415},
		"rubbish":          {"POST", "/v1/traces", protobufType, "", []byte("rubbish"), 400},
		"rubbish for JSON": {"POST", "/v1/traces", jsonType, "", []byte("{"), 400},
		"rubbish for gzip": {"POST", "/v1/traces", protobufType, "gzip", span, 400},
		"half of gzip":     {"POST", "/v1/traces", protobufType, "gzip", zipped(span)[:40], 400},
		"bomb":             {"POST", "/v1/traces", protobufType, "gzip", bomb, 413},
		"too long":         {"POST", "/v1/traces", protobufType, "", make([]byte, maxPayload+1), 413},
	}
	refused := uint64(0)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequest(test.method, s.OTLPURL()+test.path, bytes.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", test.typ)
			req.Header.Set("Content-Encoding", test.encoding)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != test.status {
				t.Fatalf("%s %q %v", resp.Status, body, err)
			}
			typ, _, _ := strings.Cut(test.typ, ";")
			if got := resp.Header.Get("Content-Type"); test.status == 200 && got != typ || test.status == 200 && typ == jsonType && !json.Valid(body) {
				t.Errorf("%s %q", got, body)
			}
			if name == "spans, no ids" && !bytes.Contains(body, []byte("without a trace id")) {
				t.Errorf("%q", body)
			}
		})
		if test.status == 400 || test.status == 413 || test.status == 415 {
			refused++
		}
	}
	if got := s.Store().Totals(); got.Traces != 1 || got.Spans != 1 || got.ReceivedSpans != 4 || got.Refused != refused || got.LastRefused == "" {
		t.Errorf("%+v", got)
	}
}

//go:build go1.21

package tracer

import (
	"math"
	"strconv"
	"strings"
)

// counted is what statistics look at of a span's tags, by the agent's names for it (datadog-agent, pkg/trace/stats and, for
// which of several names goes first, pkg/trace/semantics/mappings.json).
type counted struct {
	kind, method, endpoint, source, base, version string

	http                    [2]httpCode // by the names that Datadog has, and OpenTelemetry
	grpc                    [4]string   // by the names that are looked for, in their order; "": none
	top, measured, snapshot bool
}

// httpCode is a status code of HTTP, if there is one.
type httpCode struct {
	code  uint32
	known bool
}

var noCounted counted

// countedIn returns what statistics look at in a list, nil if that is nothing. The version is not among it: nearly all
// lists have one, see tagList.
func countedIn(list []tag) (version string, c *counted) {
	var all counted
	for i := range list {
		all.note(&list[i])
	}
	version, all.version = all.version, ""
	if all != noCounted {
		c = new(counted)
		*c = all
	}
	return version, c
}

// countedTags is the same for all tags that the span has, of which those in the later list win. own is memory to use.
func (s *Span) countedTags(own *counted, common, site *tagList) *counted {
	c := &noCounted
	switch {
	case common.counted == nil && site.counted != nil:
		c = site.counted
	case common.counted != nil && site.counted == nil:
		c = common.counted
	case common.counted != nil:
		*own, c = *common.counted, own
		for i := range site.list {
			own.note(&site.list[i])
		}
	}
	tags := s.own().tags
	if len(tags) == 0 {
		return c
	}
	*own = *c
	for i := range tags {
		own.note(&tags[i])
	}
	return own
}

// note takes a tag to heart, unless statistics don't look at it.
func (c *counted) note(t *tag) {
	switch t.key {
	case "span.kind":
		c.kind = t.text
	case "http.method":
		c.method = t.text
	case "http.endpoint":
		c.endpoint = t.text
	case "_dd.svc_src":
		c.source = t.text
	case "_dd.base_service":
		c.base = t.text
	case "version":
		c.version = t.text
	case "http.status_code":
		c.http[0] = httpStatus(t)
	case "http.response.status_code":
		c.http[1] = httpStatus(t)
	case "rpc.grpc.status_code":
		c.grpc[0] = grpcText(t)
	case "grpc.code":
		c.grpc[1] = grpcText(t)
	case "rpc.grpc.status.code":
		c.grpc[2] = grpcText(t)
	case "grpc.status.code":
		c.grpc[3] = grpcText(t)
	case "_dd.top_level", "_top_level":
		c.top = t.isNum && t.number == 1
	case "_dd.measured":
		c.measured = t.isNum && t.number == 1
	case snapshotTag:
		c.snapshot = t.isNum && t.number >= 0
	}
}

// httpStatus is the status code that a tag says: a whole number, written as one or not.
func httpStatus(t *tag) httpCode {
	number := t.number
	if !t.isNum {
		if n, err := strconv.ParseInt(t.text, 10, 64); err == nil {
			return httpCodeOf(n)
		}
		f, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return httpCode{}
		}
		number = f
	}
	if number != math.Trunc(number) || math.Abs(number) >= 1<<63 {
		return httpCode{}
	}
	return httpCodeOf(int64(number))
}

// httpCodeOf: what is no status code is known to be none.
func httpCodeOf(n int64) httpCode {
	if n < 0 || n > math.MaxUint32 {
		n = 0
	}
	return httpCode{uint32(n), true}
}

func (c *counted) httpStatus() uint32 {
	if c.http[0].known {
		return c.http[0].code
	}
	return c.http[1].code
}

// grpcText is the text of a tag, or its number, if it is whole.
func grpcText(t *tag) string {
	if !t.isNum {
		return t.text
	}
	if n := t.number; n == math.Trunc(n) && math.Abs(n) < 1<<63 {
		return strconv.FormatInt(int64(n), 10)
	}
	return ""
}

// grpcStatus is the number of the span's gRPC status code, "" if it has none that makes sense.
func (c *counted) grpcStatus() string {
	for _, text := range c.grpc {
		if text == "" {
			continue
		}
		if n, err := strconv.ParseUint(text, 10, 32); err == nil {
			return strconv.FormatUint(n, 10)
		}
		return grpcCode(strings.ToUpper(strings.TrimPrefix(text, "StatusCode.")))
	}
	return ""
}

// grpcCode is the number of a code of gRPC's, whose name is written with underscores between words (as in
// google.golang.org/genproto/googleapis/rpc/code) or without.
func grpcCode(name string) string {
	switch name {
	case "OK":
		return "0"
	case "CANCELLED", "CANCELED":
		return "1"
	case "UNKNOWN":
		return "2"
	case "INVALID_ARGUMENT", "INVALIDARGUMENT":
		return "3"
	case "DEADLINE_EXCEEDED", "DEADLINEEXCEEDED":
		return "4"
	case "NOT_FOUND", "NOTFOUND":
		return "5"
	case "ALREADY_EXISTS", "ALREADYEXISTS":
		return "6"
	case "PERMISSION_DENIED", "PERMISSIONDENIED":
		return "7"
	case "RESOURCE_EXHAUSTED", "RESOURCEEXHAUSTED":
		return "8"
	case "FAILED_PRECONDITION", "FAILEDPRECONDITION":
		return "9"
	case "ABORTED":
		return "10"
	case "OUT_OF_RANGE", "OUTOFRANGE":
		return "11"
	case "UNIMPLEMENTED":
		return "12"
	case "INTERNAL":
		return "13"
	case "UNAVAILABLE":
		return "14"
	case "DATA_LOSS", "DATALOSS":
		return "15"
	case "UNAUTHENTICATED":
		return "16"
	}
	return ""
}

package agent

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// The requests of OTLP/HTTP in JSON: ids are hexadecimal, numbers of 64 bits
// may be text, kinds are numbers
// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).

type otlpJSON struct {
	ResourceSpans []struct {
		Resource struct {
			Attributes []jsonPair `json:"attributes"`
		} `json:"resource"`
		ScopeSpans []struct {
			Scope struct {
				Name       string     `json:"name"`
				Version    string     `json:"version"`
				Attributes []jsonPair `json:"attributes"`
			} `json:"scope"`
			Spans []otlpJSONSpan `json:"spans"`
		} `json:"scopeSpans"`
	} `json:"resourceSpans"`
}

type otlpJSONSpan struct {
	TraceID    hexText    `json:"traceId"`
	SpanID     hexText    `json:"spanId"`
	ParentID   hexText    `json:"parentSpanId"`
	TraceState string     `json:"traceState"`
	Name       string     `json:"name"`
	Kind       uint64     `json:"kind"`
	Start      jsonNumber `json:"startTimeUnixNano"`
	End        jsonNumber `json:"endTimeUnixNano"`
	Attributes []jsonPair `json:"attributes"`
	Events     []struct {
		Time       jsonNumber `json:"timeUnixNano"`
		Name       string     `json:"name"`
		Attributes []jsonPair `json:"attributes"`
	} `json:"events"`
	Links []struct {
		TraceID    hexText    `json:"traceId"`
		SpanID     hexText    `json:"spanId"`
		TraceState string     `json:"traceState"`
		Flags      uint32     `json:"flags"`
		Attributes []jsonPair `json:"attributes"`
	} `json:"links"`
	Status struct {
		Message string `json:"message"`
		Code    uint64 `json:"code"`
	} `json:"status"`
}

type jsonPair struct {
	Key   string    `json:"key"`
	Value jsonValue `json:"value"`
}

type jsonValue struct {
	String *string     `json:"stringValue"`
	Bool   *bool       `json:"boolValue"`
	Int    *jsonNumber `json:"intValue"`
	Double *jsonDouble `json:"doubleValue"`
	Bytes  *string     `json:"bytesValue"`
	Array  *struct {
		Values []jsonValue `json:"values"`
	} `json:"arrayValue"`
	List *struct {
		Values []jsonPair `json:"values"`
	} `json:"kvlistValue"`
}

// hexText is an id.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	*h = b
	return err
}

// jsonNumber is an integer, perhaps as text. Its upper half may be negative.
type jsonNumber uint64

func (n *jsonNumber) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if text == "null" || text == "" {
		return nil
	}
	if v, err := strconv.ParseUint(text, 10, 64); err == nil {
		*n = jsonNumber(v)
		return nil
	}
	v, err := strconv.ParseInt(text, 10, 64)
	*n = jsonNumber(v)
	return err
}

// jsonDouble is a number, perhaps as text: "NaN", "Infinity".
type jsonDouble float64

func (n *jsonDouble) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	*n = jsonDouble(v)
	return err
}

// jsonSpanSize is what the largest struct takes that an object can become.
const jsonSpanSize = 384

func decodeOTLPJSON(payload []byte, limit int64) (otlpPayload, error) {
	if jsonCost(payload, jsonSpanSize) > limit {
		return otlpPayload{}, errTooLarge
	}
	var request otlpJSON
	if err := json.Unmarshal(payload, &request); err != nil {
		return otlpPayload{}, fmt.Errorf("JSON: %w", err)
	}
	d := newDecoder(nil, limit)
	var p otlpPayload
	for _, rs := range request.ResourceSpans {
		resource, err := d.jsonPairs(rs.Resource.Attributes)
		if err != nil {
			return otlpPayload{}, err
		}
		for _, ss := range rs.ScopeSpans {
			scope, err := d.jsonPairs(ss.Scope.Attributes)
			if err != nil {
				return otlpPayload{}, err
			}
			of := otlpSpan{resource: &resource, scope: &scope, library: ss.Scope.Name, version: ss.Scope.Version}
			for i := range ss.Spans {
				one := of
				if err := first(d.jsonSpan(&one, &ss.Spans[i]), d.keepOTLP(&p, &one)); err != nil {
					return otlpPayload{}, err
				}
			}
		}
	}
	return p, nil
}

func (d *decoder) jsonSpan(o *otlpSpan, j *otlpJSONSpan) (err error) {
	o.trace, o.id, o.parent, o.state, o.name = j.TraceID, j.SpanID, j.ParentID, j.TraceState, j.Name
	o.kind, o.start, o.end, o.status, o.message = j.Kind, uint64(j.Start), uint64(j.End), j.Status.Code, j.Status.Message
	if o.attributes, err = d.jsonPairs(j.Attributes); err != nil {
		return err
	}
	for _, je := range j.Events {
		e := Event{Time: int64(je.Time), Name: je.Name}
		tags, err := d.jsonPairs(je.Attributes)
		for _, a := range tags {
			err = first(err, put(d, &e.Attributes, a.key, jsonable(a.value)))
		}
		if err = first(err, d.charge(eventCost)); err != nil {
			return err
		}
		o.events = append(o.events, e)
	}
	for _, jl := range j.Links {
		l := Link{SpanID: bigEndian(jl.SpanID), Tracestate: jl.TraceState, Flags: jl.Flags}
		if len(jl.TraceID) == 16 {
			l.TraceID = TraceID{bigEndian(jl.TraceID[:8]), bigEndian(jl.TraceID[8:])}
		}
		tags, err := d.jsonPairs(jl.Attributes)
		for _, a := range tags {
			err = first(err, put(d, &l.Attributes, a.key, textOf(a.value)))
		}
		if err = first(err, d.charge(linkCost)); err != nil {
			return err
		}
		o.links = append(o.links, l)
	}
	return d.charge(len(j.Name) + len(j.TraceState) + len(j.Status.Message))
}

func (d *decoder) jsonPairs(pairs []jsonPair) (all attributes, err error) {
	for i := range pairs {
		v, err := d.jsonValue(&pairs[i].Value, 0)
		if err = first(err, d.charge(entryCost+len(pairs[i].Key))); err != nil {
			return nil, err
		}
		all = append(all, attribute{pairs[i].Key, v})
	}
	return all, nil
}

// jsonValue returns a value; see decoder.value for the types.
func (d *decoder) jsonValue(j *jsonValue, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	if err := d.charge(valueCost); err != nil {
		return nil, err
	}
	switch {
	case j.String != nil:
		return *j.String, d.charge(len(*j.String))
	case j.Bool != nil:
		return *j.Bool, nil
	case j.Int != nil:
		return int64(*j.Int), nil
	case j.Double != nil:
		return float64(*j.Double), nil
	case j.Bytes != nil:
		b, err := base64.StdEncoding.DecodeString(*j.Bytes)
		return b, first(err, d.charge(2*len(b)))
	case j.Array != nil:
		all := []any{}
		for i := range j.Array.Values {
			v, err := d.jsonValue(&j.Array.Values[i], depth+1)
			if err != nil {
				return nil, err
			}
			all = append(all, v)
		}
		return all, nil
	case j.List != nil:
		m := map[string]any{}
		for i := range j.List.Values {
			v, err := d.jsonValue(&j.List.Values[i].Value, depth+1)
			if err = first(err, put(d, &m, j.List.Values[i].Key, v)); err != nil {
				return nil, err
			}
		}
		return m, nil
	}
	return nil, nil
}

package agent

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"

	"google.golang.org/protobuf/encoding/protowire"
)

// OTLP over HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp.

const (
	protobufType = "application/x-protobuf"
	jsonType     = "application/json"
)

func (s *Server) otlpHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/traces", s.receiveOTLP)
	// Other signals are accepted so that no SDK logs errors.
	for _, path := range []string{"/v1/metrics", "/v1/logs", "/v1development/profiles"} {
		mux.HandleFunc(path, discarding(func(w http.ResponseWriter, r *http.Request) {
			answerOTLP(w, isJSON(r), 0)
		}))
	}
	return refuseForeignPages(mux)
}

func (s *Server) receiveOTLP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		http.Error(w, "traces are sent by POST", http.StatusMethodNotAllowed)
		return
	}
	decode := decodeOTLP
	if isJSON(r) {
		decode = decodeOTLPJSON
	}
	body, err := plainBody(w, r)
	var p otlpPayload
	if err == nil {
		err = s.read(w, r, body, func(payload []byte) (err error) {
			p, err = decode(payload, s.memory)
			return err
		})
	}
	if err != nil {
		s.store.refuse(err)
		refuseOTLP(w, isJSON(r), err)
		return
	}
	s.store.add(p.chunks)
	answerOTLP(w, isJSON(r), p.invalid)
}

func isJSON(r *http.Request) bool {
	typ, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return typ == jsonType
}

// plainBody is the body, without compression.
func plainBody(w http.ResponseWriter, r *http.Request) (io.ReadCloser, error) {
	switch typ, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); typ {
	case protobufType, jsonType:
	default:
		return nil, fmt.Errorf("%w: the content type is %s or %s", errForeignOTLP, protobufType, jsonType)
	}
	switch enc := r.Header.Get("Content-Encoding"); enc {
	case "", "identity":
		return r.Body, nil
	case "gzip":
		// What is read before the first byte comes out is bounded too.
		return gzip.NewReader(http.MaxBytesReader(w, r.Body, maxPayload))
	default:
		return nil, fmt.Errorf("%w: the content encoding is gzip or nothing, not %.40q", errForeignOTLP, enc)
	}
}

var errForeignOTLP = fmt.Errorf("%w of traces", errForeignType)

// answerOTLP answers with an ExportTraceServiceResponse, which says how many
// spans were no use.
func answerOTLP(w http.ResponseWriter, isJSON bool, invalid int) {
	const message = "spans without a trace id or a span id"
	if isJSON {
		w.Header().Set("Content-Type", jsonType)
		if invalid == 0 {
			_, _ = io.WriteString(w, "{}")
			return
		}
		fmt.Fprintf(w, `{"partialSuccess":{"rejectedSpans":"%d","errorMessage":%q}}`, invalid, message)
		return
	}
	w.Header().Set("Content-Type", protobufType)
	if invalid == 0 {
		return
	}
	var partial []byte
	partial = protowire.AppendVarint(protowire.AppendTag(partial, 1, protowire.VarintType), uint64(invalid))
	partial = protowire.AppendString(protowire.AppendTag(partial, 2, protowire.BytesType), message)
	_, _ = w.Write(protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), partial))
}

// refuseOTLP answers with a google.rpc.Status.
func refuseOTLP(w http.ResponseWriter, isJSON bool, err error) {
	const invalidArgument = 3
	text := shortText(err.Error())
	if isJSON {
		w.Header().Set("Content-Type", jsonType)
		w.WriteHeader(statusOf(err))
		_ = json.NewEncoder(w).Encode(map[string]any{"code": invalidArgument, "message": text})
		return
	}
	w.Header().Set("Content-Type", protobufType)
	w.WriteHeader(statusOf(err))
	b := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), invalidArgument)
	_, _ = w.Write(protowire.AppendString(protowire.AppendTag(b, 2, protowire.BytesType), text))
}

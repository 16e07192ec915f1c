//go:build go1.21

package chunk

// The kinds of span, by the numbers that OpenTelemetry has for them (opentelemetry-proto, trace/v1/trace.proto) and, after it,
// the agent's v1.0 (datadog-agent, SpanKind in pkg/proto/pbgo/trace/idx). 0 is that of a span that does not say it.
const (
	Internal = iota + 1
	Server
	Client
	Producer
	Consumer
)

// KindOf is the kind that a value of the tag span.kind names, 0 if it names none.
func KindOf(text []byte) byte {
	switch string(text) {
	case "internal":
		return Internal
	case "server":
		return Server
	case "client":
		return Client
	case "producer":
		return Producer
	case "consumer":
		return Consumer
	}
	return 0
}

// Package otlp puts the runtime before the OpenTelemetry Collector's own OTLP receiver: what it sends is decoded with the
// protocol's own code, and what the receiver hands on is the same. It is a module of its own so that who uses
// ddinstrument has nothing to do with the modules that the collector is made of.
package otlp

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configgrpc"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
	pb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// collector is a receiver, and before it an ear.
type collector struct {
	*httptest.Server
	took consumertest.TracesSink

	mu    sync.Mutex
	sent  []*pb.ExportTraceServiceRequest
	keys  []string // the header Api-Key of each
	fault error

	full atomic.Bool // the next request is answered with 503 before it gets anywhere
}

func startCollector(t *testing.T) *collector {
	c := new(collector)
	u, err := url.Parse("http://" + c.startReceiver(t))
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(u)
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !c.hears(r) {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(c.Close)
	return c
}

// startReceiver returns where it listens.
func (c *collector) startReceiver(t *testing.T) (address string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = listener.Addr().String()
	listener.Close()
	factory := otlpreceiver.NewFactory()
	config := factory.CreateDefaultConfig().(*otlpreceiver.Config)
	config.Protocols.GRPC = configoptional.None[configgrpc.ServerConfig]()
	config.Protocols.HTTP.GetOrInsertDefault().ServerConfig.NetAddr.Endpoint = address
	r, err := factory.CreateTraces(t.Context(), receivertest.NewNopSettings(factory.Type()), config, &c.took)
	if err == nil {
		err = r.Start(t.Context(), componenttest.NewNopHost())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Shutdown(bg) })
	return address
}

// hears notes a request, and says whether it may go on.
func (c *collector) hears(r *http.Request) bool {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if c.full.Swap(false) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p := new(pb.ExportTraceServiceRequest)
	if err == nil {
		err = proto.Unmarshal(body, p)
	}
	if err != nil {
		c.fault = err
	}
	c.sent = append(c.sent, p)
	c.keys = append(c.keys, r.Header.Get("Api-Key"))
	return true
}

// requests returns what has been sent, once it is sure that all of it has come out as it went in.
func (c *collector) requests(t *testing.T) []*pb.ExportTraceServiceRequest {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fault != nil {
		t.Fatal(c.fault)
	}
	took := c.took.AllTraces()
	if len(took) != len(c.sent) {
		t.Fatalf("%d requests were sent, of which the collector has taken %d", len(c.sent), len(took))
	}
	for i, sent := range c.sent {
		if unknown(sent.ProtoReflect()) {
			t.Errorf("request %d has fields that OTLP does not know", i)
		}
		b, err := ptraceotlp.NewExportRequestFromTraces(took[i]).MarshalProto()
		if err != nil {
			t.Fatal(err)
		}
		out := new(pb.ExportTraceServiceRequest)
		if err := proto.Unmarshal(b, out); err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(sent, out) {
			t.Errorf("sent\n%v\nand come out\n%v", sent, out)
		}
	}
	return c.sent
}

// unknown tells whether a message, or one within it, has fields that its description does not.
func unknown(m protoreflect.Message) (found bool) {
	if len(m.GetUnknown()) > 0 {
		return true
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Message() == nil:
		case f.IsList():
			for i := range v.List().Len() {
				found = found || unknown(v.List().Get(i).Message())
			}
		default:
			found = found || unknown(v.Message())
		}
		return !found
	})
	return found
}

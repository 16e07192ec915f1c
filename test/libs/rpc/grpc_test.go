// Package rpc tests the integrations of gRPC, Kafka's clients and NATS: programs that know nothing of tracing are built
// by the real command, and their spans compared.
package rpc

import (
	"testing"

	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

// wants compares what a program printed, and its traces.
func wants(t *testing.T, r libtest.Result, out, want string, keys ...string) {
	t.Helper()
	if r.Code != 0 || r.Stderr != "" || r.Stdout != out {
		t.Errorf("exit status %d, printed\n%s%s\nwant\n%s", r.Code, r.Stdout, r.Stderr, out)
	}
	if got := "\n" + libtest.Trees(r.Traces, keys...); got != want {
		t.Errorf("traces:%s\nwant:%s", got, want)
	}
}

// versions are the files that choose the versions of the libraries: the newest that are known, and the oldest.
var versions = map[string][]string{"newest": nil, "oldest": {"-modfile=oldest.mod"}}

func TestGRPC(t *testing.T) {
	for version, flags := range versions {
		t.Run(version, func(t *testing.T) {
			exe := libtest.Build(t, libtest.Program{Package: "./appgrpc", Flags: flags})
			for _, c := range grpcCases {
				t.Run(c.way, func(t *testing.T) {
					r := libtest.Exec(t, exe, libtest.Program{Args: []string{c.way}})
					wants(t, r, c.out, c.want, "grpc.code")
					if c.way == "unary" {
						checkGRPCTags(t, r)
					}
				})
			}
		})
	}
}

// Calls that are served have the same resource as the ones made.
const (
	unaryCall = `
grpc.client grpc.client "/grpc.testing.TestService/UnaryCall" grpc.code="OK"
  app grpc.server "/grpc.testing.TestService/UnaryCall" grpc.code="OK"
    grpc.client grpc.client "/grpc.testing.TestService/EmptyCall" grpc.code="OK"
      app grpc.server "/grpc.testing.TestService/EmptyCall" grpc.code="OK"
`
)

var grpcCases = []struct{ way, out, want string }{
	{"unary", "user [] 1\n", unaryCall},
	{"bufconn", "user [] 1\n", unaryCall},
	// In a handler of net/http's there is a span of that around.
	{"http", "user [] 1\n", `
grpc.client grpc.client "/grpc.testing.TestService/UnaryCall" grpc.code="OK"
  app http.request "POST /grpc.testing.TestService/UnaryCall"
    app grpc.server "/grpc.testing.TestService/UnaryCall" grpc.code="OK"
      grpc.client grpc.client "/grpc.testing.TestService/EmptyCall" grpc.code="OK"
        app http.request "POST /grpc.testing.TestService/EmptyCall"
          app grpc.server "/grpc.testing.TestService/EmptyCall" grpc.code="OK"
`},
	{"interceptors", "intercepted\nuser [me] 1\n", `
grpc.client grpc.client "/grpc.testing.TestService/EmptyCall" grpc.code="OK"
  app grpc.server "/grpc.testing.TestService/EmptyCall" grpc.code="OK"
grpc.client grpc.client "/no/such" error grpc.code="Unimplemented"
`},
	{"errors", "NotFound\nCanceled\nDeadlineExceeded\nUnimplemented\n", `
grpc.client grpc.client "/grpc.testing.TestService/UnaryCall" error grpc.code="DeadlineExceeded"
  app grpc.server "/grpc.testing.TestService/UnaryCall" error grpc.code="Aborted"
grpc.client grpc.client "/grpc.testing.TestService/UnaryCall" error grpc.code="NotFound"
  app grpc.server "/grpc.testing.TestService/UnaryCall" error grpc.code="NotFound"
grpc.client grpc.client "/grpc.testing.TestService/UnaryCall" grpc.code="Canceled"
  app grpc.server "/grpc.testing.TestService/UnaryCall" grpc.code="Canceled"
grpc.client grpc.client "/grpc.testing.TestService/UnimplementedCall" error grpc.code="Unimplemented"
  app grpc.server "/grpc.testing.TestService/UnimplementedCall" error grpc.code="Unimplemented"
`},
	// A stream has a span for each message, and for learning that there are no more.
	{"output", "user [] 1\nEOF\n", `
grpc.client grpc.client "/grpc.testing.TestService/StreamingOutputCall" grpc.code="OK"
  app grpc.server "/grpc.testing.TestService/StreamingOutputCall" grpc.code="OK"
    app grpc.message "/grpc.testing.TestService/StreamingOutputCall" grpc.code="OK"
    app grpc.message "/grpc.testing.TestService/StreamingOutputCall" grpc.code="OK"
    app grpc.message "/grpc.testing.TestService/StreamingOutputCall" grpc.code="OK"
    grpc.client grpc.client "/grpc.testing.TestService/EmptyCall" grpc.code="OK"
      app grpc.server "/grpc.testing.TestService/EmptyCall" grpc.code="OK"
  grpc.client grpc.message "/grpc.testing.TestService/StreamingOutputCall" grpc.code="OK"
  grpc.client grpc.message "/grpc.testing.TestService/StreamingOutputCall" grpc.code="OK"
  grpc.client grpc.message "/grpc.testing.TestService/StreamingOutputCall" grpc.code="OK"
  grpc.client grpc.message "/grpc.testing.TestService/StreamingOutputCall" grpc.code="OK"
`},
	{"input", "2 <nil>\n", `
grpc.client grpc.client "/grpc.testing.TestService/StreamingInputCall" grpc.code="OK"
  app grpc.server "/grpc.testing.TestService/StreamingInputCall" grpc.code="OK"
    app grpc.message "/grpc.testing.TestService/StreamingInputCall" grpc.code="OK"
    app grpc.message "/grpc.testing.TestService/StreamingInputCall" grpc.code="OK"
    app grpc.message "/grpc.testing.TestService/StreamingInputCall" grpc.code="OK"
    app grpc.message "/grpc.testing.TestService/StreamingInputCall" grpc.code="OK"
  grpc.client grpc.message "/grpc.testing.TestService/StreamingInputCall" grpc.code="OK"
  grpc.client grpc.message "/grpc.testing.TestService/StreamingInputCall" grpc.code="OK"
  grpc.client grpc.message "/grpc.testing.TestService/StreamingInputCall" grpc.code="OK"
`},
	{"duplex", "DataLoss\n", `
grpc.client grpc.client "/grpc.testing.TestService/FullDuplexCall" error grpc.code="DataLoss"
  app grpc.server "/grpc.testing.TestService/FullDuplexCall" error grpc.code="DataLoss"
    app grpc.message "/grpc.testing.TestService/FullDuplexCall" grpc.code="OK"
    app grpc.message "/grpc.testing.TestService/FullDuplexCall" grpc.code="OK"
    app grpc.message "/grpc.testing.TestService/FullDuplexCall" grpc.code="OK"
  grpc.client grpc.message "/grpc.testing.TestService/FullDuplexCall" error grpc.code="DataLoss"
  grpc.client grpc.message "/grpc.testing.TestService/FullDuplexCall" grpc.code="OK"
  grpc.client grpc.message "/grpc.testing.TestService/FullDuplexCall" grpc.code="OK"
`},
	{"canceled", "", `
grpc.client grpc.client "/grpc.testing.TestService/FullDuplexCall" grpc.code="Canceled"
  app grpc.server "/grpc.testing.TestService/FullDuplexCall" grpc.code="Canceled"
    app grpc.message "/grpc.testing.TestService/FullDuplexCall" grpc.code="Canceled"
    app grpc.message "/grpc.testing.TestService/FullDuplexCall" grpc.code="OK"
    app grpc.message "/grpc.testing.TestService/FullDuplexCall" grpc.code="OK"
  grpc.client grpc.message "/grpc.testing.TestService/FullDuplexCall" grpc.code="OK"
  grpc.client grpc.message "/grpc.testing.TestService/FullDuplexCall" grpc.code="OK"
`},
	{"unavailable", "Unavailable\n", `
grpc.client grpc.client "/grpc.testing.TestService/FullDuplexCall" error grpc.code="Unavailable"
`},
}

// checkGRPCTags looks at all that a call's two spans say.
func checkGRPCTags(t *testing.T, r libtest.Result) {
	for _, s := range r.Spans() {
		if s.Resource != "/grpc.testing.TestService/UnaryCall" {
			continue
		}
		want := map[string]string{
			"component": "google.golang.org/grpc", "rpc.system": "grpc", "rpc.service": "grpc.testing.TestService", "rpc.method": "UnaryCall",
			"rpc.grpc.full_method": s.Resource, "grpc.method.name": s.Resource, "grpc.method.kind": "unary", "span.kind": "server",
		}
		if s.Name == "grpc.client" {
			want["span.kind"], want["peer.hostname"], want["out.host"], want["network.destination.name"] = "client", "127.0.0.1", "127.0.0.1", "127.0.0.1"
		} else if s.Metrics["_dd.measured"] != 1 {
			t.Errorf("%s is not measured", s.Name)
		}
		for k, v := range want {
			if s.Meta[k] != v {
				t.Errorf("%s: %s is %q, want %q", s.Name, k, s.Meta[k], v)
			}
		}
		if port := s.Meta["out.port"]; s.Type != "rpc" || (s.Name == "grpc.client") != (port != "") || port != s.Meta["network.destination.port"] {
			t.Errorf("%s: type %q, port %q", s.Name, s.Type, port)
		}
	}
}

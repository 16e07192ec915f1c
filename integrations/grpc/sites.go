//go:build ignore

package grpc

import (
	"errors"
	"io"
	"strings"

	ddsites "github.com/ddinstrument/ddinstrument/runtime/libs/sites"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// What spans there are of a method. Those of the first two are followed by those of the other kinds of calls, see
// ddMethodKinds.
const (
	ddClient        = 0
	ddServer        = ddClient + 4
	ddInside        = ddServer + 4 // served below a span of net/http's server
	ddSentReceived  = ddInside + 4 // a message of a client's stream
	ddServedMessage = ddSentReceived + 1
	ddKinds         = ddServedMessage + 1
)

var ddMethodKinds = [4]string{"unary", "client_streaming", "server_streaming", "bidi_streaming"}

func ddMethodKind(clientStreams, serverStreams bool) (kind int) {
	if clientStreams {
		kind++
	}
	if serverStreams {
		kind += 2
	}
	return kind
}

// ddSites are the sites of each kind by full method.
var ddSites = func() *[ddKinds]ddsites.Table {
	tables := new([ddKinds]ddsites.Table)
	for kind := range tables {
		kind := kind
		tables[kind].Make = func(method string) *ddtracer.Site { return ddNewSite(kind, method) }
	}
	return tables
}()

func ddSite(kind int, method string) *ddtracer.Site { return ddSites[kind].Get(method) }

func ddNewSite(kind int, method string) *ddtracer.Site {
	service, name, _ := strings.Cut(strings.TrimPrefix(method, "/"), "/")
	s := &ddtracer.Site{Name: "grpc.message", Type: "rpc", Resource: method, Tags: []ddtracer.SiteTag{
		{Key: "component", Value: "google.golang.org/grpc"},
		{Key: "rpc.system", Value: "grpc"},
		{Key: "rpc.service", Value: service},
		{Key: "rpc.method", Value: name},
		{Key: "rpc.grpc.full_method", Value: method},
		{Key: "grpc.method.name", Value: method},
	}}
	s.Measured = kind >= ddServer && kind != ddSentReceived
	if kind < ddServer || kind == ddSentReceived {
		s.Service, s.Library = "grpc.client", true
	}
	if kind >= ddSentReceived {
		return s
	}
	spanKind := "server"
	s.Name = "grpc.server"
	s.Entry = kind < ddInside
	if kind < ddServer {
		spanKind, s.Name, s.Entry = "client", "grpc.client", false
	}
	s.Tags = append(s.Tags, ddtracer.SiteTag{Key: "span.kind", Value: spanKind},
		ddtracer.SiteTag{Key: "grpc.method.kind", Value: ddMethodKinds[kind%4]})
	return s
}

// ddCode says with which status a call has ended, and whether that is an error: being canceled is none.
func ddCode(call *ddtracer.Call, err error) {
	if call == nil {
		return
	}
	span := (*ddtracer.Span)(call)
	if err == io.EOF {
		err = nil
	}
	code := status.Code(toRPCErr(err))
	span.SetTag("grpc.code", code.String())
	if err != nil && code != codes.OK && code != codes.Canceled && !errors.Is(err, io.EOF) {
		span.SetError(err)
	}
}

// ddMessageDone ends the span of a message.
func ddMessageDone(call *ddtracer.Call, err *error) {
	if call != nil {
		ddCode(call, *err)
		(*ddtracer.Span)(call).Finish()
	}
}

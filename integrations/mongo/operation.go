//go:build ignore

package driver

import (
	"context"

	ddhost "github.com/ddinstrument/ddinstrument/runtime/libs/hostport"
	ddmongo "github.com/ddinstrument/ddinstrument/runtime/libs/mongoinfo"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

var ddSite = ddtracer.Site{Name: "mongodb.query", Service: "mongo", Library: true, Type: "mongodb", Tags: []ddtracer.SiteTag{
	{Key: "component", Value: "go.mongodb.org/mongo-driver.v2"}, {Key: "span.kind", Value: "client"},
	{Key: "db.system", Value: "mongodb"}, {Key: "db.type", Value: "mongo"},
}}

// ddRun is one execution of an operation: it sends a command, or several when it tries again, one after the other.
type ddRun struct{ call *ddtracer.Call }

// ddExecute returns nil for what is sent on a certain connection: the commands that open it, log in, and see whether the
// server is there. The program did not ask for those.
func ddExecute(op *Operation) *ddRun {
	if _, own := op.Deployment.(SingleConnectionDeployment); own {
		return nil
	}
	return new(ddRun)
}

// started begins the span of a command.
func (r *ddRun) started(ctx context.Context, op *Operation, info *startedInformation) {
	if r == nil {
		return
	}
	r.end()
	if r.call = ddSite.EnterFrom(ctx); r.call == nil {
		return
	}
	span := (*ddtracer.Span)(r.call)
	host, port := ddhost.Split(info.serverAddress.String())
	span.SetResource("mongo." + info.cmdName)
	span.SetTexts(ddtracer.SiteTag{Key: "mongodb.query", Value: ddStatement(op, info)}, ddtracer.SiteTag{Key: "db.instance", Value: op.Database},
		ddtracer.SiteTag{Key: "peer.hostname", Value: host}, ddtracer.SiteTag{Key: "peer.port", Value: port},
		ddtracer.SiteTag{Key: "network.destination.name", Value: host}, ddtracer.SiteTag{Key: "network.destination.port", Value: port})
}

// ddStatement is the command without its values; "" for one that must not be shown, as it carries a password.
func ddStatement(op *Operation, info *startedInformation) string {
	if info.redacted {
		return ""
	}
	var room [512]byte
	s := ddmongo.Begin(room[:0], info.cmd)
	ddDocuments(&s, op, info)
	return s.String()
}

// finished ends the span of a command with its error, which may be one of single documents that were not written.
func (r *ddRun) finished(err error) {
	if r == nil || r.call == nil {
		return
	}
	(*ddtracer.Span)(r.call).Finish(&err)
	r.call = nil
}

// end ends a span that was not finished: it could not be sent.
func (r *ddRun) end() {
	if r != nil && r.call != nil {
		r.call.ExitNone()
		r.call = nil
	}
}

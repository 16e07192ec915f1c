package agent

import "strings"

// How the real agent names OpenTelemetry's spans (pkg/trace/transform/otelutil.go:
// GetOTelOperationNameV2, GetOTelResourceV2, GetOTelSpanType). The attributes
// have several names, from older versions of the conventions.
var (
	httpMethod  = []string{"http.request.method", "http.method"}
	dbSystem    = []string{"db.system.name", "db.system"}
	messagingOp = []string{"messaging.operation.type", "messaging.operation", "messaging.operation.name"}
	messagingTo = []string{"messaging.destination.name", "messaging.destination"}
	rpcSystem   = []string{"rpc.system.name", "rpc.system"}
)

// noService is what a span has for a service that says none.
const noService = "otlpresourcenoservicename"

func (o *otlpSpan) service() string {
	if name := o.text("service.name"); name != "" {
		return name
	}
	return noService
}

// operation is the name of the span: OpenTelemetry's name is the resource.
func (o *otlpSpan) operation() string {
	if o.text("dd.span.Resource") != "" { // it has been Datadog's
		return o.name
	}
	if name := o.text("operation.name"); name != "" {
		return name
	}
	side := map[uint64]string{kindServer: "server", kindClient: "client"}[o.kind]
	if name := o.conventional(side); name != "" {
		return name
	}
	if side != "" {
		if protocol := o.text("network.protocol.name"); protocol != "" {
			return strings.ToLower(protocol) + "." + side + ".request"
		}
		return side + ".request"
	}
	if o.kind < uint64(len(spanKinds)) && spanKinds[o.kind] != "" {
		return spanKinds[o.kind]
	}
	return "internal"
}

// conventional is the name for spans of which the conventions say what they
// are; side is server, client or nothing.
func (o *otlpSpan) conventional(side string) string {
	lower := func(keys ...string) string { return strings.ToLower(o.text(keys...)) }
	if side != "" && o.text(httpMethod...) != "" {
		return "http." + side + ".request"
	}
	if db := lower(dbSystem...); db != "" && o.kind == kindClient {
		return db + ".query"
	}
	if system, op := lower("messaging.system"), lower(messagingOp...); system != "" && op != "" && o.kind >= kindServer {
		return system + "." + op
	}
	if rpc := lower(rpcSystem...); rpc != "" && side != "" {
		if rpc != "aws-api" || o.kind != kindClient {
			return rpc + "." + side + ".request"
		}
		if service := lower("rpc.service"); service != "" {
			return "aws." + service + ".request"
		}
		return "aws.client.request"
	}
	if provider, name := lower("faas.invoked_provider"), lower("faas.invoked_name"); provider != "" && name != "" && o.kind == kindClient {
		return provider + "." + name + ".invoke"
	}
	if trigger := lower("faas.trigger"); trigger != "" && o.kind == kindServer {
		return trigger + ".invoke"
	}
	if o.text("graphql.operation.type") != "" {
		return "graphql.server.request"
	}
	return ""
}

func (o *otlpSpan) resourceName() string {
	if name := o.text("resource.name", "dd.span.Resource"); name != "" {
		return name
	}
	with := func(a, b string) string { return strings.TrimRight(a+" "+b, " ") }
	if method := o.text(httpMethod...); method != "" {
		if method == "_OTHER" {
			method = "HTTP"
		}
		switch o.kind {
		case kindClient:
			return with(method, o.text("url.template"))
		case kindServer:
			return with(method, o.text("http.route"))
		}
		return method
	}
	if op := o.text(messagingOp...); op != "" {
		return with(op, o.text(messagingTo...))
	}
	if method := o.text("rpc.method"); method != "" {
		return with(method, o.text("rpc.service"))
	}
	if op := o.text("graphql.operation.type"); op != "" {
		return with(op, o.text("graphql.operation.name"))
	}
	if statement := o.text("db.query.text", "db.statement"); statement != "" && o.text(dbSystem...) != "" {
		return statement
	}
	return o.name
}

func (o *otlpSpan) spanType() string {
	if typ := o.text("span.type"); typ != "" {
		return typ
	}
	switch o.kind {
	case kindServer:
		return "web"
	case kindClient:
		switch db := o.text(dbSystem...); db {
		case "":
			return "http"
		case "redis", "memcached", "elasticsearch", "opensearch", "cassandra", "mongodb":
			return db
		case "postgresql", "mysql", "mariadb", "sqlite", "mssql", "microsoft.sql_server", "oracle", "oracle.db", "db2", "ibm.db2",
			"cockroachdb", "redshift", "aws.redshift", "h2", "h2database", "hanadb", "sap.hana", "other_sql":
			return "sql"
		default:
			return "db"
		}
	}
	return "custom"
}

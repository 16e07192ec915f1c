//go:build go1.21

// Package dbspan is what the spans of databases have in common: their sites. What is said of a database, its address for
// one, is known once it is opened; so it is in the site, encoded once, and not a tag of each span.
package dbspan

import (
	"context"
	"sync/atomic"

	"github.com/ddinstrument/ddinstrument/runtime/libs/dsn"
	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// maxOps is how many kinds of operations a database has.
const maxOps = 12

// Sites are the sites of one database, each made when it is first needed.
type Sites struct {
	service string
	key     string // of the tag that names the operation
	tags    []tracer.SiteTag
	made    [maxOps]atomic.Pointer[tracer.Site]
}

// New returns the sites of a database that goes by the name of service. They have the tags, but for those without a value.
func New(component, service, key string, tags []tracer.SiteTag) *Sites {
	s := &Sites{service: service, key: key, tags: []tracer.SiteTag{{Key: componentKey, Value: component}, {Key: "span.kind", Value: "client"}}}
	for _, t := range tags {
		if t.Value != "" {
			s.tags = append(s.tags, t)
		}
	}
	return s
}

// Of returns the site of an operation, which has a number below 12, and always the same two names: its span's, and the
// one that it has in the tag. The latter is the resource, too, of what has no better one.
func (s *Sites) Of(op int, name, label string) *tracer.Site {
	if site := s.made[op].Load(); site != nil {
		return site
	}
	site := &tracer.Site{Name: name, Service: s.service, Library: true, Type: "sql", Resource: label}
	site.Tags = append(site.Tags, s.tags...)
	site.Tags = append(site.Tags, tracer.SiteTag{Key: s.key, Value: label})
	if !s.made[op].CompareAndSwap(nil, site) {
		return s.made[op].Load()
	}
	return site
}

// Address is what is said of where a database is, and how it is called there.
func Address(t dsn.Target) []tracer.SiteTag {
	return []tracer.SiteTag{
		{Key: "out.host", Value: t.Host}, {Key: "out.port", Value: t.Port},
		{Key: "network.destination.name", Value: t.Host}, {Key: "network.destination.port", Value: t.Port},
		{Key: "db.name", Value: t.Database}, {Key: "db.user", Value: t.User}, {Key: "db.application", Value: t.Application},
		{Key: "db.mssql.instance_name", Value: t.Instance},
	}
}

const componentKey = "component"

// OfSQL is the component of spans of database/sql.
const OfSQL = "database/sql"

// UnderSQL reports whether what is going to be done is part of an operation of database/sql, which has its span: a driver
// that is traced itself leaves it at that.
func UnderSQL(ctx context.Context) bool {
	site := tracer.CurrentSpan(ctx).Site()
	return site != nil && len(site.Tags) > 0 && site.Tags[0].Key == componentKey && site.Tags[0].Value == OfSQL
}

// quiet is what ForSQL says in a context.
type quiet struct{}

// ForSQL returns a context for the connections that database/sql opens ahead, in no operation: ConnectsForSQL knows it.
func ForSQL(ctx context.Context) context.Context {
	return context.WithValue(ctx, quiet{}, true)
}

// ConnectsForSQL is UnderSQL for a connection that is going to be opened.
func ConnectsForSQL(ctx context.Context) bool {
	return ctx != nil && ctx.Value(quiet{}) != nil || UnderSQL(ctx)
}

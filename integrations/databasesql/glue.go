//go:build ignore

package sql

import (
	"context"
	"database/sql/driver"
	"errors"
	"reflect"
	"strings"
	"sync/atomic"
	"time"

	dddbspan "github.com/ddinstrument/ddinstrument/runtime/libs/dbspan"
	dddsn "github.com/ddinstrument/ddinstrument/runtime/libs/dsn"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// What a span can be of, and how the tag sql.query_type calls it.
const (
	ddConnect = iota
	ddPing
	ddPrepare
	ddExec
	ddQuery
	ddBeginTx
	ddCommit
	ddRollback
	ddClose
)

var ddLabels = [...]string{"Connect", "Ping", "Prepare", "Exec", "Query", "Begin", "Commit", "Rollback", "Close"}

// ddDatabase is what is known of a DB.
type ddDatabase struct {
	connector driver.Connector // says which driver it is; nil when Open has been told
	known     atomic.Pointer[ddKnown]
}

// ddKnown is what a DB's spans are called, and their sites.
type ddKnown struct {
	name  string // of every span
	sites *dddbspan.Sites
}

// ddOpenedDB notes where a new DB gets its connections from.
func ddOpenedDB(db **DB, c driver.Connector) {
	if *db != nil && c != nil {
		(*db).dddb = &ddDatabase{connector: c}
	}
}

// ddOpened notes the driver of a new DB, and where its data source name leads to.
func ddOpened(db **DB, driverName, name string) {
	if *db != nil && (*db).dddb != nil {
		d := &ddDatabase{}
		d.known.Store(ddKnow(driverName, dddsn.Parse(driverName, name)))
		(*db).dddb = d
	}
}

func ddKnow(driverName string, target dddsn.Target) *ddKnown {
	tags := append(dddbspan.Address(target), ddtracer.SiteTag{Key: "db.system", Value: dddsn.System(driverName)})
	return &ddKnown{name: driverName + ".query", sites: dddbspan.New(dddbspan.OfSQL, driverName+".db", "sql.query_type", tags)}
}

// site returns the site of an operation. A driver that OpenDB was given is asked for now: a program that never uses
// the DB never sees that.
func (d *ddDatabase) site(op int) *ddtracer.Site {
	k := d.known.Load()
	if k == nil {
		k = ddKnow(ddDriverOf(d.connector), dddsn.OfConnector(d.connector))
		if !d.known.CompareAndSwap(nil, k) {
			k = d.known.Load()
		}
	}
	return k.sites.Of(op, k.name, ddLabels[op])
}

// ddDriverOf returns the name under which a connector's driver is registered, or one of its type.
func ddDriverOf(c driver.Connector) string {
	d := ddAsk(c)
	if d == nil {
		return ddPackageName(reflect.TypeOf(c))
	}
	typ := reflect.TypeOf(d)
	driversMu.RLock()
	defer driversMu.RUnlock()
	found, exact := "", false
	for name, registered := range drivers {
		if reflect.TypeOf(registered) != typ {
			continue
		}
		same := typ.Comparable() && typ.Kind() == reflect.Pointer && registered == d
		better := len(name) < len(found) || len(name) == len(found) && name < found
		if found == "" || same && !exact || same == exact && better { // the shortest: pgx rather than pgx/v5
			found, exact = name, same
		}
	}
	if found == "" {
		return ddPackageName(typ)
	}
	return found
}

// ddAsk asks a connector for its driver, which many of a program's own don't have.
func ddAsk(c driver.Connector) (d driver.Driver) {
	defer func() { recover() }()
	return c.Driver()
}

// ddPackageName is the last element of the path of a type's package, other than a version.
func ddPackageName(t reflect.Type) string {
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.PkgPath() == "" {
		return "sql"
	}
	elements := strings.Split(t.PkgPath(), "/")
	last := len(elements) - 1
	if e := elements[last]; last > 0 && len(e) > 1 && e[0] == 'v' && e[1] >= '0' && e[1] <= '9' {
		last--
	}
	return elements[last]
}

// ddBegin begins the span of an operation. A query is its resource.
func ddBegin(ctx context.Context, db *DB, op int, query string) *ddtracer.Call {
	if db == nil || db.dddb == nil || !ddtracer.On() {
		return nil
	}
	call := db.dddb.site(op).EnterFrom(ctx)
	if query != "" {
		(*ddtracer.Span)(call).SetResource(query)
	}
	return call
}

// ddCloseStmt begins the span of a statement's end, unless that has been.
func ddCloseStmt(s *Stmt) *ddtracer.Call {
	s.mu.Lock()
	done := s.closed || s.stickyErr != nil
	s.mu.Unlock()
	if done {
		return nil
	}
	return ddBegin(nil, s.db, ddClose, "")
}

// ddEnd begins the span of a transaction's end, unless that has been. The parent is that of its beginning.
func ddEnd(tx *Tx, op int) *ddtracer.Call {
	if tx.isDone() {
		return nil
	}
	return ddBegin(tx.ctx, tx.db, op, "")
}

// ddShow is the error that the span of a transaction's end shows. That something else has ended it just before is none,
// nor is that its connection is thrown away on purpose.
func ddShow(shown, err *error, discarded bool) {
	if !errors.Is(*err, ErrTxDone) && !(discarded && errors.Is(*err, driver.ErrBadConn)) {
		*shown = *err
	}
}

// ddDetach is for goroutines that stay: they have nothing to do with what was active where they were started.
func ddDetach() ddtracer.Visit { return ddtracer.Detach() }

// ddAhead returns the context in which a connection is opened that others wait for. Its span is theirs, see ddConnected.
func ddAhead(ctx context.Context) context.Context { return dddbspan.ForSQL(ctx) }

// ddNow is the moment when a connection is asked for; 0 if nobody wants to know.
func ddNow(db *DB) int64 {
	if db.dddb == nil || !ddtracer.On() {
		return 0
	}
	return ddtracer.Now()
}

// ddConnected adds the span of a connection that was opened, or could not be, since a moment. Nobody has seen a
// new one before. The driver may have been called by the goroutine that opens connections for those who wait.
func ddConnected(ctx context.Context, db *DB, since int64, dc **driverConn, err *error) {
	switch {
	case since == 0:
		return
	case *dc != nil:
		if (*dc).ddseen {
			return
		}
		(*dc).ddseen = true
		if time.Since((*dc).createdAt) > time.Duration(ddtracer.Now()-since) {
			return // it was opened for somebody who has not waited for it
		}
	case *err == nil, errors.Is(*err, driver.ErrBadConn), errors.Is(*err, errDBClosed):
		return
	case ctx.Err() != nil && errors.Is(*err, ctx.Err()):
		return // it may only have waited for one
	}
	db.dddb.site(ddConnect).EnterSince(ctx, since).Exit(err)
}

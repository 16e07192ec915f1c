//go:build ignore

package pgxpool

import (
	"context"
	"sync/atomic"

	dddbspan "github.com/ddinstrument/ddinstrument/runtime/libs/dbspan"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// ddPgx is what a Pool knows of its database, once it has been asked for a connection.
type ddPgx struct{ known atomic.Pointer[dddbspan.Pgx] }

// ddAcquire begins the span of getting a connection, and of opening it if need be.
func ddAcquire(ctx context.Context, p *Pool) (context.Context, *ddtracer.Call) {
	if p == nil || p.config == nil || p.config.ConnConfig == nil {
		return ctx, nil
	}
	known := p.ddpgx.known.Load()
	if known == nil {
		c := &p.config.ConnConfig.Config
		known = dddbspan.PgxOf(dddbspan.Server{Host: c.Host, Port: c.Port, Database: c.Database, User: c.User})
		p.ddpgx.known.Store(known)
	}
	return known.Enter(ctx, dddbspan.PgxAcquire)
}

// ddDetach is for a goroutine that stays: it has nothing to do with what was active where the pool was made.
func ddDetach() ddtracer.Visit { return ddtracer.Detach() }

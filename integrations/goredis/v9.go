//go:build ignore

package redis

import (
	"context"
	"errors"
	"strconv"

	ddhost "github.com/ddinstrument/ddinstrument/runtime/libs/hostport"
	ddredis "github.com/ddinstrument/ddinstrument/runtime/libs/redisinfo"
	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
	"github.com/redis/go-redis/v9/internal/pool"
)

// What a client is to the program, in its Options.
const (
	ddNode     = 1 + iota // the client of one server of a ClusterClient or Ring
	ddSentinel            // what a failover client asks sentinels with
)

// ddWithin is what a context says to the clients of single servers: the command of a ClusterClient or Ring that they carry
// out, which has its span; ddSeveral for a pipeline, which may go to several; nil for what such a client does for itself,
// which has no span.
type ddWithin struct{}

var ddSeveral = new(ddtracer.Span)

// ddUpkeep returns a context for what a client does for itself: to learn the servers of a cluster, to see who is alive.
func ddUpkeep(ctx context.Context) context.Context {
	return ddMark(ctx, nil)
}

func ddMark(ctx context.Context, span *ddtracer.Span) context.Context {
	if ctx == nil {
		return nil
	}
	return context.WithValue(ctx, ddWithin{}, span)
}

// ddSilent tells whether what c is to send has no span of its own. Then it tells the span of a ClusterClient or Ring where
// it goes.
func ddSilent(c *baseClient, ctx context.Context) bool {
	if _, opening := c.connPool.(*pool.SingleConnPool); opening {
		return true // HELLO, AUTH and so on, on a connection that is just being opened
	}
	switch c.opt.ddrole {
	case ddNode:
		return ddInside(c, ctx)
	case ddSentinel:
		return true
	}
	return false
}

func ddInside(c *baseClient, ctx context.Context) bool {
	if ctx == nil {
		return false
	}
	if ctx == context.TODO() { // the pings by which a cluster's client measures latencies
		return true
	}
	span, inside := ctx.Value(ddWithin{}).(*ddtracer.Span)
	if span != ddSeveral {
		ddGoesTo(span, c.opt.Addr)
	}
	return inside
}

// ddGoesTo tells a span, which may be nil, a server that was not known when it began.
func ddGoesTo(span *ddtracer.Span, addr string) {
	if span != nil {
		host, port := ddhost.Split(addr)
		span.SetTexts(ddtracer.SiteTag{Key: "out.host", Value: host}, ddtracer.SiteTag{Key: "out.port", Value: port},
			ddtracer.SiteTag{Key: "network.destination.name", Value: host}, ddtracer.SiteTag{Key: "network.destination.port", Value: port})
	}
}

// ddProcess begins the span of a command that a client sends to its server.
func ddProcess(c *baseClient, ctx context.Context, cmd Cmder) (context.Context, *ddtracer.Call) {
	if ddSilent(c, ctx) {
		return ctx, nil
	}
	next, call := c.opt.ddplace.or().command.Enter(ctx)
	if call == nil {
		return ctx, nil
	}
	ddDescribe(call, cmd)
	return next, call
}

func ddDescribe(call *ddtracer.Call, cmd Cmder) {
	span := (*ddtracer.Span)(call)
	args := cmd.Args()
	var room [256]byte
	line := string(ddredis.Line(room[:0], args))
	span.SetTexts(ddtracer.SiteTag{Key: "redis.raw_command", Value: line}, ddtracer.SiteTag{Key: "redis.args_length", Value: strconv.Itoa(len(args))})
	span.SetResource(ddredis.Name(args))
}

// ddPipelined begins the span of a pipeline, or of a transaction with its MULTI and EXEC, that a client sends to its server.
func ddPipelined(c *baseClient, ctx context.Context, cmds []Cmder) (context.Context, *ddtracer.Call) {
	if ddSilent(c, ctx) {
		return ctx, nil
	}
	next, call := c.opt.ddplace.or().pipeline.Enter(ctx)
	if call == nil {
		return ctx, nil
	}
	ddDescribeAll(call, cmds)
	return next, call
}

func ddDescribeAll(call *ddtracer.Call, cmds []Cmder) {
	var room [512]byte
	lines, more := room[:0], true
	for i := 0; i < len(cmds) && more; i++ {
		lines, more = ddredis.Lines(lines, i, cmds[i].Args())
	}
	(*ddtracer.Span)(call).SetTexts(ddtracer.SiteTag{Key: "redis.raw_command", Value: string(lines)},
		ddtracer.SiteTag{Key: "redis.pipeline_length", Value: strconv.Itoa(len(cmds))})
}

// ddSpread begins the span of a command of a client of several servers. What it sends to them belongs to it.
func ddSpread(p *ddPlace, ctx context.Context, cmd Cmder) (context.Context, *ddtracer.Call) {
	next, call := p.or().command.Enter(ctx)
	if call == nil {
		return ctx, nil
	}
	ddDescribe(call, cmd)
	return ddMark(next, (*ddtracer.Span)(call)), call
}

// ddSpreadAll is ddSpread for a pipeline or transaction.
func ddSpreadAll(p *ddPlace, ctx context.Context, cmds []Cmder) (context.Context, *ddtracer.Call) {
	next, call := p.or().pipeline.Enter(ctx)
	if call == nil {
		return ctx, nil
	}
	ddDescribeAll(call, cmds)
	return ddMark(next, ddSeveral), call
}

// ddDial begins the span of a connection that is opened for a command. One that a pool opens in the background belongs to
// nothing and is not worth a trace.
func ddDial(c *baseClient, ctx context.Context) (context.Context, *ddtracer.Call) {
	if c.opt.ddrole == ddSentinel || c.opt.ddrole == ddNode && ddIsUpkeep(ctx) || ddtracer.CurrentSpan(ctx) == nil {
		return ctx, nil
	}
	next, call := c.opt.ddplace.or().dial.Enter(ctx)
	if call == nil {
		return ctx, nil
	}
	return next, call
}

func ddIsUpkeep(ctx context.Context) bool {
	if ctx == nil {
		return false
	}
	span, inside := ctx.Value(ddWithin{}).(*ddtracer.Span)
	return inside && span == nil
}

// ddThrough has a failover client's span say which server its connection leads to.
func ddThrough(c *baseClient, ctx context.Context, cn *pool.Conn) {
	if cn == nil || c.opt.Addr != ddFailover || ddSilent(c, ctx) {
		return
	}
	if addr := cn.RemoteAddr(); addr != nil {
		ddGoesTo(ddtracer.CurrentSpan(ctx), addr.String())
	}
}

// ddFailed is the error that a command's span shows. That there is no such key is none.
func ddFailed(shown *error, err *error) {
	if *err != nil && !errors.Is(*err, Nil) {
		*shown = *err
	}
}

// ddFailedAll is the error that a pipeline's span shows: the pipeline's own, which is its first command's that has one; or
// the first of another command when that one is only that there is no such key.
func ddFailedAll(shown *error, err *error, cmds []Cmder) {
	if *err != nil && errors.Is(*err, Nil) {
		ddFailedAny(shown, cmds)
	} else {
		*shown = *err
	}
}

// ddFailedAny is the first error of several commands.
func ddFailedAny(shown *error, cmds []Cmder) {
	for _, cmd := range cmds {
		if err := ddErr(cmd); err != nil && !errors.Is(err, Nil) {
			*shown = err
			return
		}
	}
}

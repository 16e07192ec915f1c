// Command apppgx uses PostgreSQL by pgx itself. It knows nothing of ddinstrument, and may have a tracer of its own.
package main

import (
	"context"
	"fmt"
	"os"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

func main() {
	what, dsn := os.Args[1], os.Args[2]
	ctx := context.Background()
	switch what {
	case "conn":
		config, err := pgx.ParseConfig(dsn)
		must(err)
		conn(ctx, config)
	case "traced":
		config, err := pgx.ParseConfig(dsn)
		must(err)
		mine := &counter{}
		config.Tracer = mine
		conn(ctx, config)
		fmt.Println(*mine, config.Tracer == pgx.QueryTracer(mine))
	case "pool":
		p, err := pgxpool.New(ctx, dsn)
		must(err)
		pool(ctx, p)
		p.Close()
	case "crowd":
		crowd(ctx, dsn)
	case "unreachable":
		_, err := pgx.Connect(ctx, dsn)
		fmt.Println(err != nil)
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// conn does one thing after the other on a connection.
func conn(ctx context.Context, config *pgx.ConnConfig) {
	c, err := pgx.ConnectConfig(ctx, config)
	must(err)
	defer c.Close(ctx)
	_, err = c.Exec(ctx, "create temporary table orders (id int, what text)")
	must(err)
	n, err := c.CopyFrom(ctx, pgx.Identifier{"orders"}, []string{"id", "what"}, pgx.CopyFromRows([][]any{{1, "ham"}, {2, "cheese"}}))
	must(err)
	fmt.Println(n)
	list(ctx, c)
	batch(ctx, c)
	_, err = c.Prepare(ctx, "one", "select what from orders where id = $1")
	must(err)
	var got string
	must(c.QueryRow(ctx, "one", 2).Scan(&got))
	fmt.Println(got, c.QueryRow(ctx, "one", 9).Scan(&got))
	tx, err := c.Begin(ctx)
	must(err)
	_, err = tx.Exec(ctx, "delete from orders")
	must(err)
	must(tx.Rollback(ctx))
	_, err = c.Exec(ctx, "select nothing from nowhere")
	fmt.Println(err != nil, c.Config().Tracer == config.Tracer)
}

func list(ctx context.Context, c *pgx.Conn) {
	rows, err := c.Query(ctx, "select id from orders")
	must(err)
	defer rows.Close()
	for rows.Next() {
		work(ctx)
	}
	must(rows.Err())
}

// work is done while rows are read, and no part of the query.
func work(context.Context) {}

func batch(ctx context.Context, c *pgx.Conn) {
	b := &pgx.Batch{}
	b.Queue("update orders set what = 'salami'")
	b.Queue("select pg_sleep(0.05)")
	b.Queue("select 1")
	r := c.SendBatch(ctx, b)
	for range 2 {
		_, err := r.Exec()
		must(err)
	}
	var n int
	must(r.QueryRow().Scan(&n))
	must(r.Close())
}

func pool(ctx context.Context, p *pgxpool.Pool) {
	var n int
	must(p.QueryRow(ctx, "select 1").Scan(&n))
	_, err := p.Exec(ctx, "select 2")
	must(err)
}

// crowd has many use a small pool at once.
func crowd(ctx context.Context, dsn string) {
	config, err := pgxpool.ParseConfig(dsn)
	must(err)
	config.MaxConns, config.MinConns = 3, 1
	p, err := pgxpool.NewWithConfig(ctx, config)
	must(err)
	defer p.Close()
	var all sync.WaitGroup
	for i := range 40 {
		all.Add(1)
		go func() {
			defer all.Done()
			one(ctx, p, i)
		}()
	}
	all.Wait()
}

func one(ctx context.Context, p *pgxpool.Pool, i int) {
	b := &pgx.Batch{}
	b.Queue("select $1::int", i)
	b.Queue("select $1::int", i+1)
	must(p.SendBatch(ctx, b).Close())
}

// counter is a tracer of the program's own.
type counter struct{ started, ended, batches, connects, prepares, copies int }

type mark struct{}

func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.started++
	return context.WithValue(ctx, mark{}, c)
}

func (c *counter) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryEndData) {
	if ctx.Value(mark{}) == c {
		c.ended++
	}
}

func (c *counter) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}
func (c *counter) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) { c.batches++ }
func (c *counter) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     { c.batches += 100 }

func (c *counter) TraceConnectStart(ctx context.Context, _ pgx.TraceConnectStartData) context.Context {
	return ctx
}
func (c *counter) TraceConnectEnd(context.Context, pgx.TraceConnectEndData) { c.connects++ }

func (c *counter) TracePrepareStart(ctx context.Context, _ *pgx.Conn, _ pgx.TracePrepareStartData) context.Context {
	return ctx
}
func (c *counter) TracePrepareEnd(context.Context, *pgx.Conn, pgx.TracePrepareEndData) { c.prepares++ }

func (c *counter) TraceCopyFromStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceCopyFromStartData) context.Context {
	return ctx
}
func (c *counter) TraceCopyFromEnd(context.Context, *pgx.Conn, pgx.TraceCopyFromEndData) { c.copies++ }

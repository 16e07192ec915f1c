package ui

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"
)

// builder makes one trace; times are milliseconds after its start.
type builder struct {
	id, last uint64
	start    time.Time
	spans    []map[string]any
}

// newTrace begins a trace; its span ids follow from its own.
func newTrace(id uint64, start time.Time) *builder {
	return &builder{id: id, last: id * 100_000, start: start}
}

type tags map[string]any

// span adds a span and returns its id. Texts among the tags go into meta,
// numbers into metrics.
func (b *builder) span(parent uint64, service, typ, name, resource string, at, took float64, with tags) uint64 {
	b.last++
	meta, metrics := map[string]string{"env": "dev", "language": "go"}, map[string]float64{}
	failed := int64(0)
	if parent == 0 {
		meta["_dd.p.tid"] = fmt.Sprintf("6a30%012x", b.id)
		meta["runtime-id"] = "7d5f6a5e-1a8c-4bb7-90c7-5b6b0cf2a0f1"
		metrics["_sampling_priority_v1"], metrics["process_id"] = 1, 4711
	}
	for k, v := range with {
		switch v := v.(type) {
		case string:
			meta[k] = v
		case int:
			metrics[k] = float64(v)
		}
		if k == "error.message" {
			failed = 1
		}
	}
	ns := func(ms float64) int64 { return int64(ms * 1e6) }
	b.spans = append(b.spans, map[string]any{
		"trace_id": b.id, "span_id": b.last, "parent_id": parent, "service": service, "type": typ, "name": name, "resource": resource,
		"start": b.start.UnixNano() + ns(at), "duration": ns(took), "error": failed, "meta": meta, "metrics": metrics,
	})
	return b.last
}

const goStack = `github.com/acme/shop/payment.(*Client).Charge
	/src/shop/payment/client.go:118 +0x2c4
github.com/acme/shop/checkout.(*Service).pay
	/src/shop/checkout/service.go:203 +0x1b8
github.com/acme/shop/checkout.(*Service).Checkout
	/src/shop/checkout/service.go:91 +0x3e0
github.com/acme/shop/web.(*Server).checkout
	/src/shop/web/server.go:64 +0x118
net/http.HandlerFunc.ServeHTTP
	/usr/local/go/src/net/http/server.go:2322 +0x29
`

const declined = "card declined: insufficient funds (code 51)"

// checkout is a request through six services, a queue among them.
func checkout(id uint64, start time.Time, fails bool) *builder {
	b := newTrace(id, start)
	bad := func(t tags) tags {
		if fails {
			t["error.message"], t["error.type"], t["error.stack"] = declined, "*payment.DeclinedError", goStack
		}
		return t
	}
	code := "200"
	if fails {
		code = "402"
	}
	root := b.span(0, "web-gateway", "web", "http.request", "POST /api/checkout", 0, 182,
		bad(tags{"http.method": "POST", "http.url": "/api/checkout", "http.status_code": code, "span.kind": "server", "http.useragent": "Mozilla/5.0"}))
	auth := b.span(root, "auth", "web", "grpc.server", "/auth.v1.Auth/Verify", 3, 19, tags{"span.kind": "server", "rpc.system": "grpc", "user.id": "u-2816"})
	b.span(auth, "session-cache", "redis", "redis.command", "GET session:u-2816", 5, 2.1, tags{"out.host": "redis-1", "span.kind": "client"})
	b.span(auth, "auth", "", "jwt.verify", "jwt.verify", 8.4, 11.8, nil)
	shop := b.span(root, "shop", "web", "http.request", "POST /checkout", 25, 152, bad(tags{"span.kind": "server", "http.status_code": code, "order.id": "o-99381", "order.items": 4}))
	cart := b.span(shop, "shop", "", "cart.Load", "cart.Load", 27, 34, tags{"cart.id": "c-5512"})
	b.span(cart, "session-cache", "cache", "redis.command", "HGETALL cart:c-5512", 27.5, 3, tags{"span.kind": "client"})
	for i := range 4 {
		b.span(cart, "postgres", "sql", "postgres.query", "SELECT id, name, price, stock FROM products WHERE id = $1", 32+float64(i)*7, 5.6,
			tags{"db.system": "postgresql", "db.instance": "shop", "span.kind": "client", "db.row_count": 1})
	}
	prices := b.span(shop, "shop", "", "price.Quote", "price.Quote", 62, 28, nil)
	for i, what := range []string{"tax", "shipping", "vouchers"} {
		b.span(prices, "pricing", "web", "http.request", "GET /"+what, 63+float64(i), 12+float64(i)*6, tags{"span.kind": "server"})
	}
	pay := b.span(shop, "shop", "", "checkout.Service.pay", "checkout.Service.pay", 91, 71, bad(tags{"payment.method": "card"}))
	b.span(pay, "payment", "http", "http.request", "POST /v1/charges", 93, 66, bad(tags{"span.kind": "client", "http.status_code": code, "peer.service": "payments.example", "retry": 0}))
	if !fails {
		b.span(shop, "postgres", "sql", "postgres.query", "INSERT INTO orders (id, customer, total) VALUES ($1, $2, $3)", 163, 6, tags{"db.system": "postgresql"})
		sent := b.span(shop, "shop", "queue", "kafka.produce", "orders", 170, 2, tags{"span.kind": "producer", "messaging.system": "kafka"})
		work := b.span(sent, "mailer", "queue", "kafka.consume", "orders", 178, 48, tags{"span.kind": "consumer"})
		b.span(work, "mailer", "", "template.Render", "order-confirmation", 180, 9, nil)
		b.span(work, "mailer", "http", "smtp.send", "smtp.send", 190, 34, tags{"span.kind": "client"})
	}
	return b
}

// page is a short request.
func page(id uint64, start time.Time, r *rand.Rand) *builder {
	kind := r.IntN(4)
	path := []string{"GET /", "GET /products/{id}", "GET /search", "GET /api/cart"}[kind]
	took := 2 + r.ExpFloat64()*[]float64{4, 12, 60, 9}[kind]
	b := newTrace(id, start)
	code := "200"
	with := tags{"span.kind": "server", "http.status_code": code}
	if kind == 2 && r.IntN(6) == 0 {
		with["http.status_code"], with["error.message"], with["error.type"] = "504", "context deadline exceeded", "context.deadlineExceededError"
	}
	root := b.span(0, "web-gateway", "web", "http.request", path, 0, took, with)
	shop := b.span(root, "shop", "web", "http.request", path, took*.08, took*.86, tags{"span.kind": "server"})
	if kind == 2 {
		b.span(shop, "search", "elasticsearch", "elasticsearch.query", "POST /products/_search", took*.15, took*.7, with)
	} else {
		b.span(shop, "postgres", "sql", "postgres.query", "SELECT id, name, price, stock FROM products WHERE id = $1", took*.2, took*.4, tags{"db.system": "postgresql"})
	}
	return b
}

// large is a trace of n spans: deep, wide, and with some errors.
func large(id uint64, start time.Time, n int) *builder {
	r := rand.New(rand.NewPCG(1, 2))
	b := newTrace(id, start)
	root := b.span(0, "batch", "worker", "batch.run", "nightly import", 0, 60_000, nil)
	services := []string{"batch", "importer", "ledger", "warehouse"}
	type open struct {
		id       uint64
		at, took float64
		service  int
	}
	todo := []open{{root, 0, 60_000, 0}}
	for len(b.spans) < n {
		p := todo[r.IntN(min(len(todo), 400))]
		at, took := p.at+p.took*r.Float64()*.9, p.took*(.02+.3*r.Float64())
		took = min(took, p.at+p.took-at)
		var with tags
		if len(b.spans)%500 == 7 {
			with = tags{"error.message": "row rejected", "error.type": "*batch.RowError", "error.stack": goStack}
		}
		service := min(p.service+r.IntN(4)/3, len(services)-1)
		what := []string{"parse", "validate", "convert", "merge", "write"}[r.IntN(5)]
		id := b.span(p.id, services[service], "", what, what+" rows", at, took, with)
		todo = append(todo, open{id, at, took, service})
	}
	return b
}

// send sends traces as a tracer does.
func send(t testing.TB, url string, traces ...*builder) {
	t.Helper()
	body := msgp.AppendArrayHeader(nil, uint32(len(traces)))
	for _, b := range traces {
		body = msgp.AppendArrayHeader(body, uint32(len(b.spans)))
		for _, s := range b.spans {
			var err error
			if body, err = msgp.AppendIntf(body, s); err != nil {
				t.Fatal(err)
			}
		}
	}
	req, err := http.NewRequest(http.MethodPut, url+"/v0.4/traces", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/msgpack")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
}

// traffic sends some minutes of a shop, the newest now.
func traffic(t testing.TB, url string, now time.Time) {
	r := rand.New(rand.NewPCG(7, 9))
	for i := range uint64(60) {
		start := now.Add(-time.Duration(60-i) * 1300 * time.Millisecond)
		if i%9 == 4 {
			send(t, url, checkout(1000+i, start, i%27 == 4))
		} else {
			send(t, url, page(1000+i, start, r))
		}
	}
}

// hex is the trace's id in a URL, once its root was sent; lastID the id of its
// last span.
func (b *builder) hex() string    { return fmt.Sprintf("6a30%012x%016x", b.id, b.id) }
func (b *builder) lastID() string { return fmt.Sprint(b.last) }

// Command appnats sends messages over NATS and receives them, in one of several ways, and hands them on to a web server.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

var (
	ctx  context.Context
	shop *httptest.Server
)

func main() {
	nc, err := nats.Connect(os.Args[1])
	check(err)
	shop = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer shop.Close()
	var cancel context.CancelFunc
	ctx, cancel = context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	map[string]func(*nats.Conn){
		"callback": callback, "request": request, "sync": syncSubscription, "once": once, "large": large,
		"publish": publish, "consume": consume, "messages": messages, "next": next, "fetch": fetch, "legacy": legacy, "kv": kv,
	}[os.Args[2]](nc)
	nc.Close()
}

// get calls a web server, by a function that takes no context.
func get(path string) {
	_, err := http.Get(shop.URL + path)
	check(err)
}

// keys are the headers of a message.
func keys(h nats.Header) string {
	var list []string
	for k, v := range h {
		if strings.HasPrefix(k, "Nats-") {
			continue
		}
		list = append(list, fmt.Sprint(k, len(v)))
	}
	sort.Strings(list)
	return strings.Join(list, " ")
}

func callback(nc *nats.Conn) {
	done := make(chan bool)
	_, err := nc.QueueSubscribe("orders.*", "workers", func(m *nats.Msg) {
		fmt.Println(m.Subject, keys(m.Header))
		get("/order")
		done <- true
	})
	check(err)
	check(nc.Publish("orders.new", []byte("one")))
	<-done
	stale := nats.Header{"Mine": {"a", "b"}, "Traceparent": {"stale"}}
	m := &nats.Msg{Subject: "orders.old", Header: stale}
	check(nc.PublishMsg(m))
	<-done
	fmt.Println(keys(m.Header))
	check(nc.Drain())
	time.Sleep(50 * time.Millisecond)
}

func request(nc *nats.Conn) {
	_, err := nc.Subscribe("prices", func(m *nats.Msg) {
		get("/price")
		check(m.Respond([]byte("42")))
	})
	check(err)
	m, err := nc.Request("prices", nil, time.Second)
	check(err)
	fmt.Println(string(m.Data))
	m, err = nc.RequestWithContext(ctx, "prices", nil)
	check(err)
	fmt.Println(string(m.Data))
	_, err = nc.Request("nobody", nil, time.Second)
	fmt.Println(err)
	check(nc.Drain())
	time.Sleep(50 * time.Millisecond)
}

func syncSubscription(nc *nats.Conn) {
	sub, err := nc.SubscribeSync("orders")
	check(err)
	check(nc.Publish("orders", nil))
	check(nc.Publish("orders", nil))
	_, err = sub.NextMsg(time.Second)
	check(err)
	get("/first")
	_, err = sub.NextMsgWithContext(ctx)
	check(err)
	get("/second")
	_, err = sub.NextMsg(time.Millisecond)
	fmt.Println(err)
	get("/none")
	check(sub.Unsubscribe())
}

// once leaves the subscription as it is after one message.
func once(nc *nats.Conn) {
	sub, err := nc.SubscribeSync("orders")
	check(err)
	check(sub.AutoUnsubscribe(1))
	check(nc.Publish("orders", nil))
	_, err = sub.NextMsg(time.Second)
	check(err)
	open, err := nc.SubscribeSync("orders")
	check(err)
	check(nc.Publish("orders", nil))
	_, err = open.NextMsg(time.Second)
	check(err)
	get("/last")
}

func large(nc *nats.Conn) {
	done := make(chan bool)
	_, err := nc.Subscribe("large", func(m *nats.Msg) { done <- true })
	check(err)
	check(nc.Publish("large", make([]byte, nc.MaxPayload()-10))) // no room for more
	<-done
	fmt.Println(nc.Publish("large", make([]byte, nc.MaxPayload()+10)))
	check(nc.Drain())
	time.Sleep(50 * time.Millisecond)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

package main

import (
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// stream makes a stream, with two messages in it, and a consumer.
func stream(nc *nats.Conn) jetstream.Consumer {
	js, err := jetstream.New(nc)
	check(err)
	_, err = js.CreateStream(ctx, jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders.*"}})
	check(err)
	consumer, err := js.CreateOrUpdateConsumer(ctx, "ORDERS", jetstream.ConsumerConfig{Durable: "shop", AckPolicy: jetstream.AckExplicitPolicy})
	check(err)
	for _, subject := range []string{"orders.1", "orders.2"} {
		_, err = js.Publish(ctx, subject, nil)
		check(err)
	}
	return consumer
}

func publish(nc *nats.Conn) {
	js, err := jetstream.New(nc)
	check(err)
	_, err = js.CreateStream(ctx, jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders.*"}})
	check(err)
	_, err = js.Publish(ctx, "orders.1", nil, jetstream.WithMsgID("1"))
	check(err)
	future, err := js.PublishAsync("orders.2", nil)
	check(err)
	<-future.Ok()
	_, err = js.Publish(ctx, "nowhere", nil, jetstream.WithRetryAttempts(0))
	fmt.Println(err)
}

func consume(nc *nats.Conn) {
	done := make(chan bool)
	consuming, err := stream(nc).Consume(func(m jetstream.Msg) {
		get("/" + m.Subject())
		check(m.DoubleAck(ctx))
		done <- true
	})
	check(err)
	<-done
	<-done
	consuming.Stop()
}

func messages(nc *nats.Conn) {
	it, err := stream(nc).Messages()
	check(err)
	for range 2 {
		m, err := it.Next()
		check(err)
		check(m.InProgress())
		get("/" + m.Subject())
		check(m.Ack())
		get("/after")
	}
	it.Stop()
}

func next(nc *nats.Conn) {
	consumer := stream(nc)
	for range 2 {
		m, err := consumer.Next()
		check(err)
		get("/" + m.Subject())
		check(m.Ack())
	}
}

func fetch(nc *nats.Conn) {
	batch, err := stream(nc).Fetch(2)
	check(err)
	for m := range batch.Messages() {
		fmt.Println(m.Subject())
		check(m.Ack())
	}
	check(batch.Error())
}

func legacy(nc *nats.Conn) {
	js, err := nc.JetStream()
	check(err)
	_, err = js.AddStream(&nats.StreamConfig{Name: "ORDERS", Subjects: []string{"orders.*"}})
	check(err)
	sub, err := js.PullSubscribe("orders.*", "shop")
	check(err)
	for _, subject := range []string{"orders.1", "orders.2"} {
		_, err = js.Publish(subject, nil)
		check(err)
		list, err := sub.Fetch(1)
		check(err)
		get("/" + list[0].Subject)
		check(list[0].Ack())
	}
	check(sub.Unsubscribe())
}

func kv(nc *nats.Conn) {
	js, err := jetstream.New(nc)
	check(err)
	store, err := js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "settings"})
	check(err)
	_, err = store.PutString(ctx, "color", "red")
	check(err)
	entry, err := store.Get(ctx, "color")
	check(err)
	fmt.Println(string(entry.Value()))
}

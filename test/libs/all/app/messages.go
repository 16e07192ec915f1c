package main

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
)

func messages() []step {
	return []step{
		{"kafka-go", write},
		{"franz-go", produce},
		{"nats.go", publish},
	}
}

func write(ctx context.Context) (string, error) {
	w := &kafka.Writer{Addr: kafka.TCP(nobody), Topic: "orders", MaxAttempts: 1, BatchTimeout: time.Millisecond}
	defer w.Close()
	if err := w.WriteMessages(ctx, kafka.Message{Value: []byte("rye")}); err != nil {
		return nobodyThere(err)
	}
	return "written", nil
}

func produce(ctx context.Context) (string, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(nobody))
	if err != nil {
		return "", err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	if err := client.ProduceSync(ctx, &kgo.Record{Topic: "orders", Value: []byte("rye")}).FirstErr(); err != nil {
		return nobodyThere(err)
	}
	return "produced", nil
}

func publish(ctx context.Context) (string, error) {
	conn, err := nats.Connect("nats://" + nobody)
	if errors.Is(err, nats.ErrNoServers) {
		return "nobody there", nil
	}
	if err != nil {
		return nobodyThere(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return "", err
	}
	_, err = js.Publish(ctx, "orders", []byte("rye"))
	return "published", err
}

// Command appkafkago writes messages to Kafka and reads them, by kafka-go, and hands them on to a web server.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/segmentio/kafka-go"
)

const topic = "orders"

func main() {
	brokers := os.Args[1:]
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	w := &kafka.Writer{Addr: kafka.TCP(brokers...), Topic: topic, BatchTimeout: 10 * time.Millisecond, BatchBytes: 2000}
	// What was received is handed on with its headers.
	stale := kafka.Header{Key: "X-Datadog-Trace-Id", Value: []byte("1")}
	msgs := []kafka.Message{
		{Key: []byte("a"), Value: []byte("one"), Headers: []kafka.Header{{Key: "mine", Value: []byte("x")}, stale}},
		{Key: []byte("a"), Value: make([]byte, 1900)}, // no room for more
		{Key: []byte("a"), Value: []byte("three")},
	}
	check(w.WriteMessages(ctx, msgs...))
	fmt.Println(len(msgs[0].Headers), len(msgs[1].Headers), len(msgs[2].Headers))
	err := w.WriteMessages(ctx, kafka.Message{Value: make([]byte, 3000)})
	fmt.Println(errors.As(err, new(kafka.MessageTooLargeError)))
	check(w.Close())

	read(ctx, kafka.NewReader(kafka.ReaderConfig{Brokers: brokers, Topic: topic, MaxWait: 100 * time.Millisecond}))
}

func read(ctx context.Context, r *kafka.Reader) {
	shop := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer shop.Close()
	for range 3 {
		msg, err := r.ReadMessage(ctx)
		check(err)
		mine := 0
		for _, h := range msg.Headers {
			if h.Key == "mine" || h.Key == "x-datadog-trace-id" || h.Key == "X-Datadog-Trace-Id" {
				mine++
			}
		}
		_, err = http.Get(shop.URL + "/") // a function that takes no context
		check(err)
		fmt.Println(msg.Topic, msg.Partition, msg.Offset, mine)
	}
	short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	_, err := r.FetchMessage(short)
	fmt.Println(err)
	check(r.Close())
	_, err = http.Get(shop.URL + "/")
	check(err)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

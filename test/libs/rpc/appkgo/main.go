// Command appkgo produces records to Kafka and polls them, by franz-go, and hands them on to a web server.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cl, err := kgo.NewClient(kgo.SeedBrokers(os.Args[1:]...), kgo.DefaultProduceTopic("orders"), kgo.ConsumeTopics("orders"),
		kgo.ProducerBatchMaxBytes(2000), kgo.ProducerBatchCompression(kgo.NoCompression()))
	check(err)
	own := []kgo.RecordHeader{{Key: "mine"}, {Key: "traceparent", Value: []byte("what was received")}}
	first := &kgo.Record{Value: []byte("one"), Headers: own}
	done := make(chan bool)
	cl.Produce(ctx, first, func(r *kgo.Record, err error) {
		check(err)
		fmt.Println("promised", r == first, r.Offset, len(own))
		close(done)
	})
	<-done
	check(cl.ProduceSync(ctx, &kgo.Record{Value: make([]byte, 1900)}, kgo.StringRecord("three")).FirstErr())
	fmt.Println(cl.ProduceSync(ctx, &kgo.Record{Value: make([]byte, 3000)}).FirstErr() != nil)

	shop := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer shop.Close()
	get := func(r *kgo.Record) {
		_, err := http.Get(shop.URL + "/" + fmt.Sprint(r.Offset)) // a function that takes no context
		check(err)
	}
	for n := 0; n < 3; {
		fetches := cl.PollFetches(ctx)
		for _, e := range fetches.Errors() {
			check(e.Err)
		}
		n += fetches.NumRecords()
		fetches.EachRecord(get)
		for _, r := range fetches.Records() {
			in := r.Context
			if in == nil {
				in = ctx
			}
			req, err := http.NewRequestWithContext(in, "GET", shop.URL+"/context", nil)
			check(err)
			_, err = http.DefaultClient.Do(req)
			check(err)
		}
	}
	get(&kgo.Record{Offset: 99})
	cl.Close()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

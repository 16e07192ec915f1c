// Command work does what is to be done when a thing was bought, and notes it in its database.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"
	"sync"
	"time"

	_ "github.com/mattn/go-sqlite3"
	"github.com/nats-io/nats.go"
	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
)

// worker notes what it has done by functions that take no context.
type worker struct{ db *sql.DB }

func (w *worker) note(what string) {
	_, err := w.db.Exec("INSERT INTO notes (text) VALUES (?)", what)
	check(err)
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db, err := sql.Open("sqlite3", os.Getenv("DATABASE"))
	check(err)
	db.SetMaxOpenConns(1)
	check(db.Ping()) // is it there?
	w := &worker{db}

	var wg sync.WaitGroup
	wg.Add(3)
	nc, err := nats.Connect(os.Getenv("NATS"))
	check(err)
	_, err = nc.Subscribe("bought.*", func(m *nats.Msg) {
		w.note(m.Subject)
		wg.Done()
	})
	check(err)
	check(nc.Flush())
	go func() {
		defer wg.Done()
		w.bills(ctx)
	}()
	go func() {
		defer wg.Done()
		w.parcels(ctx)
	}()
	fmt.Println("ready")
	wg.Wait()
	check(nc.Drain())
	check(db.Close())
}

func (w *worker) bills(ctx context.Context) {
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{os.Getenv("KAFKA")}, Topic: "bills", MaxWait: 100 * time.Millisecond})
	m, err := reader.ReadMessage(ctx)
	check(err)
	w.note("bill for " + string(m.Key))
	check(reader.Close())
}

func (w *worker) parcels(ctx context.Context) {
	client, err := kgo.NewClient(kgo.SeedBrokers(os.Getenv("KAFKA")), kgo.ConsumeTopics("parcels"))
	check(err)
	fetches := client.PollFetches(ctx)
	check(fetches.Err())
	fetches.EachRecord(func(r *kgo.Record) { w.note("parcel with " + string(r.Value)) })
	client.Close()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

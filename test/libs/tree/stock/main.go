// Command stock takes things out of its database and tells the others: over NATS and by two topics of Kafka's.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	_ "github.com/mattn/go-sqlite3"
	"github.com/nats-io/nats.go"
	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/status"
)

type stock struct {
	grpc_testing.UnimplementedTestServiceServer
	db     *sql.DB
	nc     *nats.Conn
	writer *kafka.Writer
	kgo    *kgo.Client
}

func (s *stock) UnaryCall(ctx context.Context, in *grpc_testing.SimpleRequest) (*grpc_testing.SimpleResponse, error) {
	thing := string(in.GetPayload().GetBody())
	left := 0
	err := s.db.QueryRowContext(ctx, "SELECT amount FROM things WHERE name = ?", thing).Scan(&left)
	if err != nil {
		return nil, status.Error(codes.NotFound, err.Error())
	}
	if err := s.tell(ctx, thing); err != nil {
		return nil, err
	}
	return &grpc_testing.SimpleResponse{Payload: &grpc_testing.Payload{Body: fmt.Append(nil, left, " left\n")}}, nil
}

// tell tells everybody that a thing was bought.
func (s *stock) tell(ctx context.Context, thing string) error {
	if err := s.nc.Publish("bought."+thing, nil); err != nil {
		return err
	}
	if err := s.writer.WriteMessages(ctx, kafka.Message{Key: []byte(thing), Value: []byte("1")}); err != nil {
		return err
	}
	return s.kgo.ProduceSync(ctx, &kgo.Record{Topic: "parcels", Value: []byte(thing)}).FirstErr()
}

func main() {
	db, err := sql.Open("sqlite3", os.Getenv("DATABASE"))
	check(err)
	db.SetMaxOpenConns(1)
	check(db.Ping()) // is it there?
	nc, err := nats.Connect(os.Getenv("NATS"))
	check(err)
	client, err := kgo.NewClient(kgo.SeedBrokers(os.Getenv("KAFKA")))
	check(err)
	writer := &kafka.Writer{Addr: kafka.TCP(os.Getenv("KAFKA")), Topic: "bills", BatchTimeout: time.Millisecond}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println(listener.Addr())
	server := grpc.NewServer()
	grpc_testing.RegisterTestServiceServer(server, &stock{db: db, nc: nc, writer: writer, kgo: client})
	go server.Serve(listener)

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
	server.GracefulStop()
	check(writer.Close())
	client.Close()
	check(nc.Drain())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

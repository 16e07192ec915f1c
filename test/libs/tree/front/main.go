// Command front answers requests of browsers: it asks the stock for what they want.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/interop/grpc_testing"
)

func main() {
	conn, err := grpc.NewClient(os.Getenv("STOCK"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	stock := grpc_testing.NewTestServiceClient(conn)

	mux := http.NewServeMux()
	mux.HandleFunc("POST /buy/{thing}", func(w http.ResponseWriter, r *http.Request) {
		order := &grpc_testing.SimpleRequest{Payload: &grpc_testing.Payload{Body: []byte(r.PathValue("thing"))}}
		answer, err := stock.UnaryCall(r.Context(), order)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.Write(answer.GetPayload().GetBody())
	})

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr())
	server := &http.Server{Handler: mux}
	go server.Serve(listener)

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
	server.Shutdown(context.Background())
}

// Sandwich is a small HTTP service that makes sandwiches. Its spans come from
// the comments in shop.go; nothing here or there imports a tracer.
//
//	ddinstrument run ./examples/sandwich -demo     serve a few orders and end
//	ddinstrument run ./examples/sandwich           serve at :8080 until interrupted
//	curl -X POST localhost:8080/sandwich/blt
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sandwich:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("sandwich", flag.ContinueOnError)
	addr := flags.String("addr", ":8080", "listen on this `address`")
	demo := flags.Bool("demo", false, "listen on a free port, order a few sandwiches and end")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	if *demo {
		*addr = "127.0.0.1:0"
	}
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	ctx, closeShop := context.WithCancel(ctx)
	defer closeShop()
	closed := make(chan error, 1)
	go func() { closed <- serve(ctx, ln) }()
	if !*demo {
		fmt.Fprintln(out, "making sandwiches at", ln.Addr())
		return <-closed
	}
	orderErr := order(ctx, out, "http://"+ln.Addr().String())
	closeShop()
	return errors.Join(orderErr, <-closed)
}

// serve runs the shop until ctx ends; then it finishes what was ordered.
func serve(ctx context.Context, ln net.Listener) error {
	var s shop
	server := &http.Server{Handler: s.routes(), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	// The parent has ended already: what remains gets a time of its own.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := server.Shutdown(ctx)
	s.receipts.Wait()
	return err
}

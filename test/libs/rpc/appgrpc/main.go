// Command appgrpc serves gRPC and calls itself, in one of several ways.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
)

type service struct {
	grpc_testing.UnimplementedTestServiceServer
	next grpc_testing.TestServiceClient
}

// EmptyCall says with which metadata it was called.
func (s *service) EmptyCall(ctx context.Context, _ *grpc_testing.Empty) (*grpc_testing.Empty, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	fmt.Println("user", md.Get("user"), len(md.Get("x-datadog-trace-id")))
	return new(grpc_testing.Empty), nil
}

// UnaryCall fails with the code that it is asked for, or calls EmptyCall.
func (s *service) UnaryCall(ctx context.Context, in *grpc_testing.SimpleRequest) (*grpc_testing.SimpleResponse, error) {
	if code := in.GetResponseStatus().GetCode(); code == 100 {
		<-ctx.Done()
		time.Sleep(50 * time.Millisecond) // the caller learns first that there is no more time
		return nil, status.Error(codes.Aborted, "too late")
	} else if code != 0 {
		return nil, status.Error(codes.Code(code), "asked for")
	}
	_, err := s.next.EmptyCall(ctx, new(grpc_testing.Empty))
	return new(grpc_testing.SimpleResponse), err
}

func (s *service) StreamingOutputCall(in *grpc_testing.StreamingOutputCallRequest, out grpc_testing.TestService_StreamingOutputCallServer) error {
	for range in.GetResponseParameters() {
		if err := out.Send(new(grpc_testing.StreamingOutputCallResponse)); err != nil {
			return err
		}
	}
	_, err := s.next.EmptyCall(out.Context(), new(grpc_testing.Empty))
	return err
}

func (s *service) StreamingInputCall(in grpc_testing.TestService_StreamingInputCallServer) error {
	n := int32(0)
	for {
		_, err := in.Recv()
		if err == io.EOF {
			return in.SendAndClose(&grpc_testing.StreamingInputCallResponse{AggregatedPayloadSize: n})
		}
		if err != nil {
			return err
		}
		n++
	}
}

func (s *service) FullDuplexCall(stream grpc_testing.TestService_FullDuplexCallServer) error {
	for {
		_, err := stream.Recv()
		if err == io.EOF {
			return status.Error(codes.DataLoss, "at the end")
		}
		if err != nil {
			return err
		}
		if err := stream.Send(new(grpc_testing.StreamingOutputCallResponse)); err != nil {
			return err
		}
	}
}

var empty = new(grpc_testing.Empty)

func main() {
	var serverOptions []grpc.ServerOption
	dial := []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}
	way := os.Args[1]
	target, listener := "dns:///", listen()
	switch way {
	case "bufconn":
		b := bufconn.Listen(1 << 16)
		listener, target = b, "passthrough:///bufnet"
		dial = append(dial, grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return b.DialContext(ctx) }))
	case "interceptors":
		serverOptions = append(serverOptions, grpc.NumStreamWorkers(2), grpc.UnaryInterceptor(func(ctx context.Context, in any, _ *grpc.UnaryServerInfo, h grpc.UnaryHandler) (any, error) {
			fmt.Println("intercepted")
			return h(ctx, in)
		}))
		dial = append(dial, grpc.WithUnaryInterceptor(func(ctx context.Context, method string, in, out any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
			ctx = metadata.NewOutgoingContext(ctx, metadata.Pairs("user", "me", "x-datadog-trace-id", "1", "traceparent", "stale"))
			if err := invoke(ctx, "/no/such", in, out, cc, opts...); status.Code(err) != codes.Unimplemented {
				return errors.New("it exists")
			}
			return invoke(ctx, method, in, out, cc, opts...)
		}))
	}
	if target == "dns:///" {
		target += listener.Addr().String()
	}
	conn, err := grpc.Dial(target, dial...) // as in the oldest version
	check(err)
	client := grpc_testing.NewTestServiceClient(conn)
	server := grpc.NewServer(serverOptions...)
	grpc_testing.RegisterTestServiceServer(server, &service{next: client})
	if way == "http" {
		go serveHTTP(server, listener)
	} else {
		go server.Serve(listener)
	}
	call(client, way)
	conn.Close()
	time.Sleep(50 * time.Millisecond) // calls that were served end after their answer
	server.Stop()
}

// listen listens on a free port.
func listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	return l
}

func serveHTTP(h http.Handler, l net.Listener) {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	check((&http.Server{Handler: h, Protocols: protocols}).Serve(l))
}

func call(client grpc_testing.TestServiceClient, way string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	switch way {
	case "unary", "bufconn", "http":
		_, err := client.UnaryCall(ctx, new(grpc_testing.SimpleRequest))
		check(err)
	case "interceptors":
		_, err := client.EmptyCall(ctx, empty)
		check(err)
	case "errors":
		for _, code := range []codes.Code{codes.NotFound, codes.Canceled} {
			_, err := client.UnaryCall(ctx, &grpc_testing.SimpleRequest{ResponseStatus: &grpc_testing.EchoStatus{Code: int32(code)}})
			fmt.Println(status.Code(err))
		}
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		_, err := client.UnaryCall(short, &grpc_testing.SimpleRequest{ResponseStatus: &grpc_testing.EchoStatus{Code: 100}})
		fmt.Println(status.Code(err))
		_, err = client.UnimplementedCall(ctx, empty)
		fmt.Println(status.Code(err))
		time.Sleep(100 * time.Millisecond) // the server notices a little later
	default:
		stream(ctx, client, way)
	}
}

func stream(ctx context.Context, client grpc_testing.TestServiceClient, way string) {
	switch way {
	case "output":
		s, err := client.StreamingOutputCall(ctx, &grpc_testing.StreamingOutputCallRequest{ResponseParameters: make([]*grpc_testing.ResponseParameters, 2)})
		check(err)
		for err == nil {
			_, err = s.Recv()
		}
		fmt.Println(err)
	case "input":
		s, err := client.StreamingInputCall(ctx)
		check(err)
		for range 2 {
			check(s.Send(new(grpc_testing.StreamingInputCallRequest)))
		}
		out, err := s.CloseAndRecv()
		fmt.Println(out.GetAggregatedPayloadSize(), err)
	case "duplex":
		s, err := client.FullDuplexCall(ctx)
		check(err)
		check(s.Send(new(grpc_testing.StreamingOutputCallRequest)))
		_, err = s.Recv()
		check(err)
		check(s.CloseSend())
		_, err = s.Recv()
		fmt.Println(status.Code(err))
	case "canceled":
		ctx, cancel := context.WithCancel(ctx)
		s, err := client.FullDuplexCall(ctx)
		check(err)
		check(s.Send(new(grpc_testing.StreamingOutputCallRequest)))
		_, err = s.Recv()
		check(err)
		cancel()
		time.Sleep(100 * time.Millisecond)
	case "unavailable":
		l := listen()
		l.Close()
		conn, err := grpc.Dial(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
		check(err)
		_, err = grpc_testing.NewTestServiceClient(conn).FullDuplexCall(ctx)
		fmt.Println(status.Code(err))
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

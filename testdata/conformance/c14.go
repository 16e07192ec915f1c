package conf

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

func init() {
	add(map[string]func(){
		"C14": func() {
			fmt.Println(catch(func() { above(bg, func() { panicsWith(value) }) }) == any(value))
			fmt.Println(catch(func() { above(bg, func() { panicsHere() }) }))
		},
		"panic":       func() { above(bg, func() { panicsHere() }) },
		"panic-error": func() { above(bg, func() { panicsWith(fmt.Errorf("wrapped: %w", io.EOF)) }) },
		"panic-nil":   func() { above(bg, func() { panicsDeep(nil) }) },
		"panic-segv":  func() { above(bg, func() { fmt.Println(*derefs(nil)) }) },
		"panic-log":   func() { above(bg, func() { log.SetFlags(0); log.Panicf("by %s", "log") }) },
		"panic-api":   panicBelowAPI,
		"panic-api-open": func() {
			ctx, span := tracer.Trace(bg, "api")
			above(ctx, func() { panicsHere() })
			span.Finish() // not reached
		},
		"panic-lives":   panicLives,
		"panic-plain":   func() { above(bg, func() {}); panic("outside of any span") },
		"panic-twice":   func() { above(bg, panicsTwice) },
		"panic-again":   func() { above(bg, func() { repanics() }) },
		"panic-deep":    func() { deepest(100) },
		"panic-go":      panicInGoroutine,
		"panic-go-deep": func() { above(bg, func() { request(bg) }) },
		"panic-server":  panicInServer,
		"panic-often":   panicOften,
	})
}

//dd:trace
func above(ctx context.Context, f func()) { below(ctx, f) }

//dd:trace
func below(ctx context.Context, f func()) { f() }

//dd:trace
func panicsHere() error {
	panic("here")
}

func panicsTwice() {
	defer raise("second")
	panicsHere()
}

func raise(v any) { panic(v) }

//dd:trace
func derefs(p **int) *int { return *p }

func panicBelowAPI() {
	ctx, span := tracer.Trace(bg, "api")
	defer span.Finish()
	func() (err error) {
		_, span := tracer.Trace(ctx, "api.below")
		defer span.Finish(&err)
		panic(errBoo) // below
	}()
}

// panicInGoroutine has finished spans, open ones, and ones below in the goroutine that panics.
func panicInGoroutine() {
	above(bg, func() {
		f()
		go func() { panicsHere() }()
		time.Sleep(time.Minute)
	})
}

//dd:trace
func request(ctx context.Context) {
	wait := make(chan bool)
	go func() { step(ctx, wait) }()
	<-wait
}

//dd:trace
func step(ctx context.Context, wait chan bool) {
	done := make(chan bool)
	go func() { defer close(done); above(ctx, func() { panicsHere() }) }()
	<-done
	time.Sleep(time.Minute) // the program dies meanwhile
	close(wait)
}

// panicLives recovers, outside of any span, what a goroutine of a span panics with: the program goes on, and the span is
// what it is at its own end.
func panicLives() { fmt.Println(living(bg)) }

//dd:trace
func living(ctx context.Context) error {
	inGoroutine(func() { fmt.Println(catch(func() { panicsHere() })) })
	time.Sleep(3 * tick)
	tracer.CurrentSpan(ctx).SetTag("late", "tag")
	f()
	return errBoo
}

// panicInServer: net/http recovers what a handler panics with, and the program goes on.
func panicInServer() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(serve), ErrorLog: log.New(io.Discard, "", 0)}
	go s.Serve(l)
	for _, path := range []string{"/panic", "/abort", "/"} {
		fmt.Println(path, get(l.Addr().String(), path))
	}
	fmt.Println(tracer.Flush(bg))
}

// get is a request of its own connection.
func get(addr, path string) string {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path)
	line, err := bufio.NewReader(c).ReadString('\n')
	if errors.Is(err, io.EOF) {
		return "closed"
	}
	return line[:12]
}

//dd:trace resource={r.URL.Path}
func serve(w http.ResponseWriter, r *http.Request) {
	switch f(); r.URL.Path {
	case "/panic":
		panicsHere()
	case "/abort":
		panic(http.ErrAbortHandler)
	}
}

// panicOften is a worker that recovers: nothing arrives twice, and it takes no long time.
func panicOften() {
	began := time.Now()
	for range 1000 {
		catch(func() { panicsHere() })
	}
	fmt.Println("quick:", time.Since(began) < 2*time.Second)
	os.Exit(0)
}

// deepest panics below many traced functions: Go prints 100 frames of a stack at most, half of them its top.
//
//dd:trace
func deepest(n int) error {
	if n == 0 {
		return panicsHere()
	}
	return deepest(n - 1)
}

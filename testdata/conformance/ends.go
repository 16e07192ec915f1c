package conf

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"
)

func init() {
	add(map[string]func(){
		"return":     f,
		"exit":       func() { endsBy(func() { os.Exit(3) }) },
		"exit-zero":  func() { endsBy(func() { os.Exit(0) }) },
		"exit-value": func() { endsBy(func() { exit := os.Exit; exit(4) }) },
		"exit-defer": func() { endsBy(func() { defer os.Exit(5); panic("overtaken") }) },
		"exit-go":    func() { endsBy(func() { go leaves(6); time.Sleep(time.Minute) }) },
		"fatal":      func() { log.SetFlags(0); endsBy(func() { log.Fatal("the end") }) },
		"fatalf":     func() { log.SetFlags(0); endsBy(func() { log.Fatalf("the %s", "end") }) },
		"ticks":      ticks,
	})
}

//dd:trace
func endsBy(end func()) { f(); ender(bg, end) }

//dd:trace
func ender(ctx context.Context, end func()) { end() }

//dd:trace
func leaves(code int) { os.Exit(code) }

// ticks makes a span every few milliseconds, says so, and goes on until it is killed.
func ticks() {
	for n := range 10000 {
		one(n)
		fmt.Println(n, time.Now().UnixMilli())
		time.Sleep(tick)
	}
}

//dd:trace tick resource={n}
func one(n int) {}

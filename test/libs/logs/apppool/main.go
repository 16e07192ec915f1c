// Command apppool has pools of goroutines work for several requests at a time.
package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/panjf2000/ants/v2"
	"golang.org/x/sync/errgroup"
)

func main() {
	p, _ := ants.NewPool(2, ants.WithPanicHandler(func(v any) { fmt.Println("handled", v) }))
	f, _ := ants.NewPoolWithFunc(1, func(v any) { v.(func())() })
	pools := map[string]func(func()) error{
		"pool":   p.Submit,
		"func":   func(f2 func()) error { return f.Invoke(f2) },
		"single": ants.Submit,
	}
	for name, submit := range more() {
		pools[name] = submit
	}
	for _, name := range []string{"first", "second"} {
		for pool, submit := range pools {
			request(name, pool, submit)
		}
		group(name)
	}
	late(p.Submit)
	alone(p.Submit)
	fmt.Println(p.Submit(func() { panic("p") }))
	time.Sleep(20 * time.Millisecond)
	p.Release()
	fmt.Println(p.Submit(func() {}) == ants.ErrPoolClosed)
	_, err := ants.NewPoolWithFunc(1, nil)
	fmt.Println(err == ants.ErrLackPoolFunc)
}

//dd:trace request resource={name+" "+pool}
func request(name, pool string, submit func(func()) error) {
	var wg sync.WaitGroup
	for i := 0; i < 3; i++ {
		wg.Add(1)
		if err := submit(func() { defer wg.Done(); work(name + " " + pool) }); err != nil {
			fmt.Println(err)
			wg.Done()
		}
	}
	wg.Wait()
}

//dd:trace work resource={name}
func work(name string) {}

// late submits what is done after its span has ended.
func late(submit func(func()) error) {
	done, gone := make(chan bool), make(chan bool)
	func() {
		//dd:trace ended
		{
			submit(func() { <-gone; work("late"); close(done) })
		}
	}()
	close(gone)
	<-done
}

// alone has a goroutine of the pool work for nobody.
func alone(submit func(func()) error) {
	done := make(chan bool)
	submit(func() { work("alone"); close(done) })
	<-done
}

// group needs no integration: its goroutines are its caller's.
//
//dd:trace group resource={name}
func group(name string) {
	var g errgroup.Group
	g.SetLimit(2)
	for i := 0; i < 3; i++ {
		g.Go(func() error { work(name); return nil })
	}
	g.Wait()
}

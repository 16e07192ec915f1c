// App uses every library that ddinstrument traces, and says in a line for each what came of it. It needs no server: what
// has none in the program itself finds that nobody listens.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// step is what the program does with one library.
type step struct {
	name string
	do   func(ctx context.Context) (string, error)
}

func main() {
	if len(os.Args) > 1 { // see children
		fmt.Println("a loaf")
		return
	}
	var all []step
	for _, list := range [][]step{web(), databases(), messages(), work()} {
		all = append(all, list...)
	}
	for _, s := range all {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		said, err := s.do(ctx)
		cancel()
		if err != nil {
			said = "error: " + err.Error()
		}
		fmt.Printf("%s: %s\n", s.name, said)
	}
}

// nobody is an address at which nobody listens.
const nobody = "127.0.0.1:1"

// nobodyThere takes the error that comes of that for what was expected.
func nobodyThere(err error) (string, error) {
	if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, context.DeadlineExceeded) {
		return "nobody there", nil
	}
	return "", fmt.Errorf("another error than that nobody is there: %w", err)
}

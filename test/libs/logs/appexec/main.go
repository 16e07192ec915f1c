// Command appexec starts itself, as a command that shows what it is given and works a little.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

func main() {
	if len(os.Args) > 1 {
		command(os.Args[1])
		return
	}
	run(exec.Command(os.Args[0], "outside"))
	parent(context.Background())
}

// command is what the child does: a span, unless it is only to show what it has been given.
func command(name string) {
	fmt.Printf("%s: %s\n", name, strings.Join(given(os.Environ()), " "))
	if name != "shows" {
		work(name)
	}
}

//dd:trace work resource={name}
func work(name string) {
	if name == "nested" {
		run(exec.Command(os.Args[0], "grandchild"))
	}
}

// given are the variables that matter, the ids left out.
func given(env []string) (list []string) {
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		switch {
		case name == "OWN" || value == "mine" || name == "BAGGAGE":
			list = append(list, entry)
		case name == "TRACEPARENT" || name == "TRACESTATE":
			list = append(list, name)
		}
	}
	return list
}

func run(c *exec.Cmd) {
	out, err := c.CombinedOutput()
	fmt.Print(string(out))
	if err != nil {
		fmt.Println(err)
	}
}

//dd:trace parent
func parent(ctx context.Context) {
	run(exec.Command(os.Args[0], "plain"))
	run(exec.CommandContext(ctx, os.Args[0], "context"))
	own := exec.Command(os.Args[0], "environment")
	own.Env = append(os.Environ(), "OWN=1")
	before := len(own.Env)
	run(own)
	fmt.Println("left alone:", len(own.Env) == before, len(given(own.Env)) == 1, len(given(exec.Command("x").Environ())))
	chosen := exec.Command(os.Args[0], "shows")
	chosen.Env = append(os.Environ(), "TRACEPARENT=mine")
	run(chosen)
	empty := exec.Command(os.Args[0], "empty")
	empty.Env = []string{}
	for _, name := range []string{"DD_TRACE_AGENT_URL", "DD_SERVICE", "DD_TRACE_STARTUP_LOGS"} {
		empty.Env = append(empty.Env, name+"="+os.Getenv(name))
	}
	run(empty)
	run(exec.Command(os.Args[0], "nested"))
	gone := exec.Command("/nonexistent")
	fmt.Println(gone.Run() != nil, len(given(gone.Environ())))
	other(ctx)
}

// other starts a command for another span than the goroutine's.
//
//dd:trace other
func other(ctx context.Context) {
	done := make(chan bool)
	go func() {
		defer close(done)
		run(exec.CommandContext(ctx, os.Args[0], "elsewhere"))
	}()
	<-done
}

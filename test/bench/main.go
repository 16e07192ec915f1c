// Bench compares tracing with dd-trace-go, with the OpenTelemetry SDK and with ddinstrument's runtime: the same work in
// one process, in turns, each against an agent of its own on the loopback that takes all it is sent. It prints medians,
// their ratios, and beside them the marks that the runtime is to reach. A machine's times mean nothing, and a busy one's
// less; the ratios do. It fails nobody: whatever comes out, the exit code is 0 unless something could not be run.
//
//	cd test/bench && go run .            (or: make bench)
//	go run . -only spans -rounds 11      one part of it: spans, libs, scaling, delivery, memory, binary
//
// The agents, and whatever must begin afresh, are child processes: this program again with another role.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

var (
	rounds = flag.Int("rounds", 7, "how many times each thing is measured, in turns")
	each   = flag.Duration("each", 150*time.Millisecond, "about how long one measurement is")
	only   = flag.String("only", "", "comma-separated parts: spans, libs, scaling, delivery, memory, binary")
	traces = flag.Int("traces", 1_000_000, "traces of five spans that are sent to see how many are delivered")
	role   = flag.String("role", "", "what a child process is")
	cpu    = flag.String("cpuprofile", "", "with -role repeat: where the CPU profile goes")
	mem    = flag.String("memprofile", "", "with -role repeat: where the profile of allocations goes")
)

// parts are what can be asked for with -only, in the order in which they are run.
var parts = []struct {
	name string
	run  func(*report) error
}{
	{"spans", spans},
	{"libs", libs},
	{"scaling", scaling},
	{"delivery", delivery},
	{"memory", memory},
	{"binary", binary},
}

// roles are what child processes do. They print what they found out as JSON.
var roles = map[string]func(args []string) error{
	"agent":    agentRole,
	"measure":  measureRole,
	"parallel": parallelRole,
	"deliver":  deliverRole,
	"fill":     fillRole,
	"repeat":   repeatRole,
	"libs":     libsRole,
}

func main() {
	flag.Parse()
	if err := mainErr(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func mainErr() error {
	if *role != "" {
		run, ok := roles[*role]
		if !ok {
			return fmt.Errorf("no role %q", *role)
		}
		return run(flag.Args())
	}
	r := &report{}
	wanted := strings.Split(*only, ",")
	for _, p := range parts {
		if *only == "" || slices.Contains(wanted, p.name) {
			if err := p.run(r); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
		}
	}
	r.print(os.Stdout)
	return nil
}

// Libs is a program with a server, a client and a database, written as its users write one. The bench builds it three ways
// from this source: by go build, by ddinstrument build --libs, and with dd-trace-go (tag ddtrace); and has each
// measure what its requests and queries take.
//
// It reads numbers of cases from its standard input, and answers each with what one operation of it takes, as JSON.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"time"

	"github.com/ddinstrument/ddinstrument/test/bench/internal/measure"
)

var (
	each = flag.Duration("each", 150*time.Millisecond, "about how long one measurement is")
	cpu  = flag.String("cpuprofile", "", "where the CPU profile of what is measured goes")
	mem  = flag.String("memprofile", "", "where the profile of allocations goes")
)

// answer is what a measurement has found out. The bench knows its type, too.
type answer struct {
	Parts int // of traces, in all that has been run so far
	measure.Cost
}

const caseMade = 1

func main() {
	flag.Parse()
	start()
	s, err := open()
	if err != nil {
		log.Fatal(err)
	}
	cases := []func() error{s.served, s.made, s.queried, s.servedQuery}
	times, parts := make([]int, len(cases)), 0
	in, out := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for in.Scan() {
		i, err := strconv.Atoi(in.Text())
		if err != nil || i < 0 || i >= len(cases) {
			log.Fatalf("there is no case %q", in.Text())
		}
		run := func() {
			parts++
			if i == caseMade {
				parts++ // the client's and the server's are sent on their own
			}
			if err := cases[i](); err != nil {
				log.Fatal(err)
			}
		}
		if times[i] == 0 {
			times[i] = measure.Calibrate(run, *each)
			flush()
		}
		stop, err := profile()
		if err != nil {
			log.Fatal(err)
		}
		a := answer{Cost: measure.Operation(run, times[i], flush)}
		stop()
		a.Parts = parts
		if err := out.Encode(a); err != nil {
			log.Fatal(err)
		}
	}
}

// profile begins the profiles that are wanted.
func profile() (stop func(), err error) {
	var files [2]*os.File
	for i, name := range []string{*cpu, *mem} {
		if name == "" {
			continue
		}
		if files[i], err = os.Create(name); err != nil {
			return nil, err
		}
	}
	if files[1] != nil {
		runtime.MemProfileRate = 512
	}
	if files[0] != nil {
		if err := pprof.StartCPUProfile(files[0]); err != nil {
			return nil, err
		}
	}
	return func() {
		if files[0] != nil {
			pprof.StopCPUProfile()
			files[0].Close()
		}
		if files[1] != nil {
			if err := pprof.Lookup("allocs").WriteTo(files[1], 0); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
			files[1].Close()
		}
	}, nil
}

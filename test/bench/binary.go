package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// built is a program of the folder size.
type built struct {
	bytes      int64
	initTime   []float64 // ms, of all packages together
	allocs     float64   // while they are initialised
	goroutines int       // when main begins
}

// binary builds the programs and has them begin.
func binary(r *report) error {
	tmp, err := os.MkdirTemp("", "bench-size-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	names := []string{"plain", "ours", "ddtrace", "otel"}
	programs := map[string]*built{}
	for _, name := range names {
		path := filepath.Join(tmp, name)
		if out, err := exec.Command("go", "build", "-o", path, "./size/"+name).CombinedOutput(); err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		programs[name] = &built{bytes: info.Size()}
	}
	for range 3 * *rounds {
		for _, name := range names {
			if err := programs[name].begin(filepath.Join(tmp, name)); err != nil {
				return err
			}
		}
	}
	r.section("the same program without spans, and what each adds to it")
	plain := programs["plain"]
	for _, name := range names {
		p := programs[name]
		above := p.bytes - plain.bytes
		r.printf("%-28s %6.2f MB (%+.2f)  init %6.3f ms (%+.3f)  %6.0f allocations (%+.0f)  %d goroutines\n", name,
			float64(p.bytes)/1e6, float64(above)/1e6, median(p.initTime), median(p.initTime)-median(plain.initTime),
			p.allocs, p.allocs-plain.allocs, p.goroutines)
	}
	ours := programs["ours"]
	r.atMost("binary above the same without spans, MB", float64(ours.bytes-plain.bytes)/1e6, 3)
	r.atMost("init, ms", median(ours.initTime)-median(plain.initTime), 0.1)
	r.atMost("init, allocations", ours.allocs-plain.allocs, 100)
	r.atMost("goroutines before the first span", float64(ours.goroutines-plain.goroutines), 0)
	return nil
}

// begin runs a program that ends at once, and adds up what the Go runtime says of its packages' initialisation:
// "init internal/bytealg @0.004 ms, 0.001 ms clock, 0 bytes, 0 allocs".
func (p *built) begin(path string) error {
	cmd := exec.Command(path, "begin")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace bytes.Buffer
	cmd.Stderr = &trace
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	if p.goroutines, err = strconv.Atoi(strings.TrimSpace(string(out))); err != nil {
		return err
	}
	p.allocs = 0
	var ms float64
	for _, line := range strings.Split(trace.String(), "\n") {
		f := strings.Fields(line)
		if len(f) < 11 || f[0] != "init" {
			continue
		}
		took, _ := strconv.ParseFloat(f[4], 64)
		allocs, _ := strconv.ParseFloat(f[9], 64)
		ms += took
		p.allocs += allocs
	}
	p.initTime = append(p.initTime, ms)
	return nil
}

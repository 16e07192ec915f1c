package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/ddinstrument/ddinstrument/test/bench/internal/measure"
)

// libsCases are what the program measures, by the numbers that it is given.
var libsCases = []string{"request served", "request made and served", "query", "request served, with a query"}

const caseQuery = 2

// libs measures what tracing adds to requests and queries.
func libs(r *report) error {
	tmp, err := os.MkdirTemp("", "bench-libs-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	var all []*running
	for _, v := range variants() {
		p, err := startVariant(v, tmp)
		if err != nil {
			return err
		}
		defer p.stop()
		all = append(all, p)
	}
	t := table{}
	for round := range *rounds {
		for i, name := range libsCases {
			for k := range all {
				if round%2 == 1 {
					k = len(all) - 1 - k
				}
				c, err := all[k].measure(i)
				if err != nil {
					return err
				}
				t.add(name, all[k].name, c)
			}
		}
	}
	r.libs(t)
	return r.arrived(all)
}

// arrived says how many parts of traces have come of what was run: what a tracer drops is cheap.
func (r *report) arrived(all []*running) error {
	for _, p := range all {
		if p.name == namePlain {
			continue
		}
		got, err := p.agent.quiet()
		if err != nil {
			return err
		}
		if off := p.name == nameIdle; off != (got.Traces == 0) {
			return fmt.Errorf("%s: the agent has %d of %d parts of traces", p.name, got.Traces, p.parts)
		}
		if got.Traces > 0 {
			r.printf("%-18s of %d parts of traces, its agent has %.1f %%, %.0f bytes each\n",
				p.name, p.parts, 100*float64(got.Traces)/float64(p.parts), float64(got.Bytes)/float64(got.Traces))
		}
	}
	return nil
}

// libs prints what was measured beside what it adds to the same without tracing.
func (r *report) libs(t table) {
	r.section("a request and a query, and what tracing adds to them (ns and bytes per operation of the whole process, medians of %d rounds)", *rounds)
	r.printf("%-30s %-18s %8s %8s %7s %7s   added: %7s %8s %7s %7s %11s %7s\n", "", "", "wall", "CPU", "bytes", "allocs",
		"wall", "CPU", "bytes", "allocs", "times ours", "in CPU")
	for _, name := range libsCases {
		for _, v := range variants() {
			r.printf("%-30s %-18s %8.0f %8.0f %7.0f %7.1f", name, label(name, v.name),
				t.of(name, v.name, wall), t.of(name, v.name, used), t.of(name, v.name, bytesOf), t.of(name, v.name, allocs))
			if v.name != namePlain {
				added := func(figure func(measure.Cost) float64) float64 { return t.added(name, v.name, figure) }
				r.printf("          %7.0f %8.0f %7.0f %7.1f", added(wall), added(used), added(bytesOf), added(allocs))
			}
			if v.name == nameDD {
				r.printf(" %11.1f %7.1f", t.added(name, nameDD, wall)/t.added(name, nameOurs, wall),
					t.added(name, nameDD, used)/t.added(name, nameOurs, used))
			}
			r.printf("\n")
		}
	}
	r.printf("%s: for requests its integration of net/http; for queries not its integration of database/sql, but a span of its\n"+
		"tracer with the same tags that the driver begins, without what the integration costs besides\n", nameDD)
}

// label is what a side is called in a case.
func label(name, side string) string {
	if side == nameDD && (name == libsCases[caseQuery] || name == libsCases[caseQuery+1]) {
		return side + ", by hand"
	}
	return side
}

// added is the median of what a side takes above plain in the same round.
func (t table) added(name, side string, figure func(measure.Cost) float64) float64 {
	var list []float64
	for i, c := range t[name][side] {
		list = append(list, figure(c)-figure(t[name][namePlain][i]))
	}
	return median(list)
}

// libsRole runs one case of one variant for a while, to be looked at with a profile:
//
//	go run . -role libs -cpuprofile cpu.prof ddinstrument 0 5s
func libsRole(args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("libs wants a variant, the number of a case and a time")
	}
	i, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	if *each, err = time.ParseDuration(args[2]); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "bench-libs-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	for _, v := range variants() {
		if v.name != args[0] {
			continue
		}
		p, err := startVariant(v, tmp, "-cpuprofile", *cpu, "-memprofile", *mem)
		if err != nil {
			return err
		}
		defer p.stop()
		c, err := p.measure(i)
		if err != nil {
			return err
		}
		fmt.Printf("%.0f ns each, %.0f ns CPU, %.0f bytes, %.1f allocations\n", c.Wall, c.CPU, c.Bytes, c.Allocs)
		return nil
	}
	return fmt.Errorf("no variant %q", args[0])
}

package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/ddinstrument/ddinstrument/test/bench/internal/measure"
)

// report gathers what is printed, and the marks.
type report struct {
	text  bytes.Buffer
	marks []mark
}

// mark is one of the figures that the runtime is to reach.
type mark struct {
	what        string
	value, want float64
	most        bool // want is the most that it may be; otherwise the least
}

func (m mark) reached() bool {
	const rounding = 0.0005 // a few of a million traces may be still on their way
	if m.most {
		return m.value <= m.want+rounding
	}
	return m.value >= m.want*(1-rounding)
}

func (r *report) printf(format string, args ...any) { fmt.Fprintf(&r.text, format, args...) }

func (r *report) section(format string, args ...any) {
	r.printf("\n"+format+"\n", args...)
}

func (r *report) atMost(what string, value, want float64) {
	r.marks = append(r.marks, mark{what, value, want, true})
}

func (r *report) atLeast(what string, value, want float64) {
	r.marks = append(r.marks, mark{what, value, want, false})
}

func (r *report) print(w io.Writer) {
	w.Write(r.text.Bytes())
	fmt.Fprintf(w, "\n%-62s %10s %12s\n", "the marks", "measured", "wanted")
	for _, m := range r.marks {
		sign, verdict := ">=", "reached"
		if m.most {
			sign = "<="
		}
		if !m.reached() {
			verdict = "MISSED"
		}
		fmt.Fprintf(w, "%-62s %10.2f %5s %6g  %s\n", m.what, m.value, sign, m.want, verdict)
	}
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	list = slices.Clone(list)
	slices.Sort(list)
	if n := len(list); n%2 == 0 {
		return (list[n/2-1] + list[n/2]) / 2
	}
	return list[len(list)/2]
}

// table is the rounds of each case and side.
type table map[string]map[string][]measure.Cost

func (t table) add(name, side string, c measure.Cost) {
	if t[name] == nil {
		t[name] = map[string][]measure.Cost{}
	}
	t[name][side] = append(t[name][side], c)
}

// of is the median of one figure.
func (t table) of(name, side string, figure func(measure.Cost) float64) float64 {
	var list []float64
	for _, c := range t[name][side] {
		list = append(list, figure(c))
	}
	return median(list)
}

// ratio is the median of the rounds' ratios: what else the machine does meets both sides of a round alike.
func (t table) ratio(name, side, below, other string, figure func(measure.Cost) float64) float64 {
	var list []float64
	a, b := t[name][side], t[below][other]
	for i := range min(len(a), len(b)) {
		list = append(list, figure(a[i])/figure(b[i]))
	}
	return median(list)
}

func wall(c measure.Cost) float64    { return c.Wall }
func used(c measure.Cost) float64    { return c.CPU }
func bytesOf(c measure.Cost) float64 { return c.Bytes }
func allocs(c measure.Cost) float64  { return c.Allocs }

// costs prints what the spans of one mode cost, and notes the marks.
func (r *report) costs(mode string, list []measured) {
	t := table{}
	for _, m := range list {
		t.add(m.Case, m.Side, m.Cost)
	}
	if mode == modeOn { // a child is what ten of them add to a root, a tenth of it
		for _, s := range sides() {
			for i, c := range t[caseFamily][s.name] {
				root := t[caseRoot][s.name][i]
				t.add(caseChild, s.name, measure.Cost{
					Wall: (c.Wall - root.Wall) / children, CPU: (c.CPU - root.CPU) / children,
					Bytes: (c.Bytes - root.Bytes) / children, Allocs: (c.Allocs - root.Allocs) / children,
				})
			}
		}
	}
	r.section("tracing %s (ns and bytes per operation; medians of %d rounds; \"times ours\" are medians of the rounds' ratios)", mode, *rounds)
	r.printf("%-28s %-20s %8s %8s %7s %7s %12s %8s\n", "", "", "wall", "CPU", "bytes", "allocs", "times ours", "in CPU")
	for _, name := range []string{caseRoot, caseThree, caseTagged, caseChild, caseFailed, caseFloor} {
		for _, side := range []string{nameOurs, nameDD, nameOtel, nameOTLP, nameFloor} {
			if len(t[name][side]) == 0 {
				continue
			}
			r.printf("%-28s %-20s %8.0f %8.0f %7.0f %7.2f", name, side,
				t.of(name, side, wall), t.of(name, side, used), t.of(name, side, bytesOf), t.of(name, side, allocs))
			if side != nameOurs && side != nameFloor {
				r.printf(" %12.1f %8.1f", t.ratio(name, side, name, nameOurs, wall), t.ratio(name, side, name, nameOurs, used))
			}
			r.printf("\n")
		}
	}
	r.noteMarks(mode, t)
}

// noteMarks compares with what the runtime is to reach.
func (r *report) noteMarks(mode string, t table) {
	switch mode {
	case modeOff:
		r.atMost("tracing off: allocations", math.Floor(t.of(caseRoot, nameOurs, allocs)), 0)
		return
	case modeUnsampled:
		r.atMost("unsampled root, of the floor", t.ratio(caseRoot, nameOurs, caseFloor, nameFloor, wall), 0.6)
		return
	}
	for _, m := range []struct {
		name string
		want float64
	}{{caseRoot, 10}, {caseThree, 10}, {caseFailed, 20}} {
		r.atLeast(m.name+": times cheaper than dd-trace-go", t.ratio(m.name, nameDD, m.name, nameOurs, wall), m.want)
		r.atLeast(m.name+": times cheaper than dd-trace-go, CPU", t.ratio(m.name, nameDD, m.name, nameOurs, used), m.want)
	}
	for _, name := range []string{caseRoot, caseThree} {
		r.atLeast(name+": times cheaper than OpenTelemetry", t.ratio(name, nameOtel, name, nameOurs, wall), 3)
	}
	// Whole ones, as go test counts them: what the sender allocates for a request is shared by thousands of spans.
	r.atMost("root: allocations", math.Floor(t.of(caseRoot, nameOurs, allocs)), 2)
	r.atMost("child: allocations", math.Floor(t.of(caseChild, nameOurs, allocs)), 1)
	r.atMost("child: bytes", t.of(caseChild, nameOurs, bytesOf), 300)
	r.atMost("child, of the floor", t.ratio(caseChild, nameOurs, caseFloor, nameFloor, wall), 3)
}

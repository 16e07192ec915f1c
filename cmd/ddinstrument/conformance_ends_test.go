package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A conformDeath is a row of C14 whose program dies: what it prints begins with err and names the line that panics, of
// which at is a piece that stands once in the sources.
type conformDeath struct {
	at string
	conformRow
}

var conformDeaths = []conformDeath{
	{`panic("here")`, conformRow{id: "C14/main", run: "panic", err: "panic: here [recovered, repanicked]\n\ngoroutine 1 [running]:", spans: `
conf.above !string: here @conf.panicsHere
  conf.below !string: here @conf.panicsHere
    conf.panicsHere !string: here @conf.panicsHere`}},
	{`/* with what is given */`, conformRow{id: "C14/error", run: "panic-error", err: "panic: ", spans: `
conf.above !*errors.errorString: wrapped: EOF @conf.panicsWith
  conf.below !*errors.errorString: wrapped: EOF @conf.panicsWith
    conf.panicsWith !*errors.errorString: wrapped: EOF @conf.panicsWith`}},
	{`m["x"]++`, conformRow{id: "C14/nil map", run: "panic-nil", err: "panic: assignment to entry in nil map [recovered, repanicked]\n\n", spans: `
conf.above !runtime.plainError: assignment to entry in nil map @conf.deep
  conf.below !runtime.plainError: assignment to entry in nil map @conf.deep
    conf.panicsDeep !runtime.plainError: assignment to entry in nil map @conf.deep`}},
	{`return *p`, conformRow{id: "C14/signal", run: "panic-segv",
		err: "panic: runtime error: invalid memory address or nil pointer dereference [recovered, repanicked]\n[signal SIGSEGV",
		spans: strings.ReplaceAll(`
conf.above TEXT
  conf.below TEXT
    conf.derefs TEXT`, "TEXT", "!runtime.errorString: runtime error: invalid memory address or nil pointer dereference @conf.derefs")}},
	{`log.Panicf(`, conformRow{id: "C14/log.Panicf", run: "panic-log", err: "by log\npanic: by log [recovered, repanicked]\n\n", spans: `
conf.above !string: by log @log.Panicf
  conf.below !string: by log @log.Panicf`}},
	{`panic(errBoo) // below`, conformRow{id: "C14/API", run: "panic-api", sent: -1, err: "panic: boo [recovered, repanicked]\n\n", spans: `
api _dd.was_long_running:1 !*errors.errorString: boo @conf.panicBelowAPI.func1
  api.below !*errors.errorString: boo @conf.panicBelowAPI.func1`}},
	{`panic("here")`, conformRow{id: "C14/API, not deferred", run: "panic-api-open", err: "panic: here [recovered, repanicked]\n\n",
		spans: `
api SNAPSHOT
  conf.above !string: here @conf.panicsHere
    conf.below !string: here @conf.panicsHere
      conf.panicsHere !string: here @conf.panicsHere`}},
	{`panic("outside`, conformRow{id: "C14/outside of spans", run: "panic-plain", err: "panic: outside of any span\n\n", spans: `
conf.above
  conf.below`}},
	{`func raise(`, conformRow{id: "C14/in a deferred function", run: "panic-twice",
		err: "panic: here [recovered, repanicked]\n\tpanic: second [recovered, repanicked]\n\n", spans: `
conf.above !string: second @conf.raise
  conf.below !string: second @conf.raise
    conf.panicsHere !string: here @conf.panicsHere`}},
	{`panic(fmt.Sprint("again`, conformRow{id: "C14/recovered and again", run: "panic-again",
		err: "panic: mine [recovered]\n\tpanic: again: mine [recovered, repanicked]\n\n", spans: `
conf.above !string: again: mine @conf.repanics.func1
  conf.below !string: again: mine @conf.repanics.func1
    conf.repanics !string: again: mine @conf.repanics.func1`}},
	{`panic("here")`, conformRow{id: "C14/in a goroutine", run: "panic-go", err: "panic: here [recovered, repanicked]\n\n", spans: `
conf.above SNAPSHOT
  conf.below SNAPSHOT
    conf.f
    conf.panicsHere !string: here @conf.panicsHere`}},
	{`panic("here")`, conformRow{id: "C14/in a goroutine of a goroutine", run: "panic-go-deep", err: "panic: here [recovered, repanicked]\n\n", spans: `
conf.above SNAPSHOT
  conf.below SNAPSHOT
    conf.request SNAPSHOT
      conf.step SNAPSHOT
        conf.above !string: here @conf.panicsHere
          conf.below !string: here @conf.panicsHere
            conf.panicsHere !string: here @conf.panicsHere`}},
	{`panic("here")`, conformRow{id: "C14/below a hundred", run: "panic-deep", err: "panic: here [recovered, repanicked]\n\ngoroutine 1 [running]:",
		spans: deepSpans()}},
}

func deepSpans() string {
	var b strings.Builder
	for i := range 101 {
		b.WriteString(strings.Repeat("  ", i) + "conf.deepest !string: here @conf.panicsHere\n")
	}
	return b.String() + strings.Repeat("  ", 101) + "conf.panicsHere !string: here @conf.panicsHere"
}

// deathRows are the rows of a form, of a program written to dir.
func deathRows(t *testing.T, dir, form string) []conformRow {
	if form != function {
		dir = filepath.Join(dir, form)
	}
	var rows []conformRow
	for _, d := range conformDeaths {
		r := d.conformRow.in(form)
		r.code = 2
		r.err += "..." + placeOf(t, dir, d.at)
		rows = append(rows, r)
	}
	return rows
}

// placeOf is file:line of a piece of text in the package of a folder.
func placeOf(t *testing.T, dir, text string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if before, _, found := strings.Cut(string(src), text); found {
			places = append(places, fmt.Sprintf("%s:%d", name, strings.Count(before, "\n")+1))
		}
	}
	if len(places) != 1 {
		t.Fatalf("%s stands in %d places", text, len(places))
	}
	return places[0]
}

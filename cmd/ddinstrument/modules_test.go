package main

import (
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/internal/corpus"
)

// TestModules traces modules that are not ours: testdata/modules/*.txtar. It
// downloads them.
func TestModules(t *testing.T) {
	p := scriptParams(t, "modules")
	p.Cmds["copymodule"] = copyModule
	p.Cmds["directives"] = addDirectives
	p.Cmds["calls"] = compareCalls
	testscript.Run(t, p)
}

// copyModule is "copymodule MODULE@VERSION DIR": a copy that can be written to.
func copyModule(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: copymodule MODULE@VERSION DIR")
	}
	ts.Check(corpus.Copy(args[0], ts.MkAbs(args[1])))
}

// addDirectives is "directives DIR LIST": //dd:trace above each function.
func addDirectives(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: directives DIR LIST")
	}
	list, err := corpus.List(ts.ReadFile(args[1]))
	ts.Check(err)
	ts.Check(corpus.Annotate(ts.MkAbs(args[0]), list))
}

var coverLine = regexp.MustCompile(`(?m)^(.*):(\d+\.\d+),\d+\.\d+ \d+ (\d+)$`)

// compareCalls is "calls SPANS COVER DIR LIST": for each function there are as
// many spans as the coverage profile of the untouched module in DIR counts
// entries of its body.
func compareCalls(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: calls SPANS COVER DIR LIST")
	}
	list, err := sentSpans(ts.ReadFile(args[0]))
	ts.Check(err)
	spans := map[string]int{}
	for _, s := range list {
		spans[s.Name]++
	}
	calls := map[string]int{}
	for _, m := range coverLine.FindAllStringSubmatch(ts.ReadFile(args[1]), -1) {
		n, err := strconv.Atoi(m[3])
		ts.Check(err)
		calls[m[1]+":"+m[2]] += n
	}
	functions, err := corpus.List(ts.ReadFile(args[3]))
	ts.Check(err)
	dir := ts.MkAbs(args[2])
	module := moduleName(ts, dir)
	total := 0
	for _, f := range functions {
		fset, file, fn, err := f.Find(dir)
		ts.Check(err)
		pos := fset.Position(fn.Body.Lbrace)
		want := calls[fmt.Sprintf("%s/%s:%d.%d", module, f.File, pos.Line, pos.Column)]
		d, problems := directives.Parse(f.Directive(), token.NoPos)
		if len(problems) > 0 {
			ts.Fatalf("%v", problems)
		}
		name := d.Name
		if name == "" {
			name = directives.FuncName(file.Name.Name, fn)
		}
		if want == 0 || spans[name] != want {
			ts.Fatalf("%s in %s: %d spans for %d calls", f.Name, f.File, spans[name], want)
		}
		total += want
	}
	if total != len(list) {
		ts.Fatalf("%d spans were sent for %d calls", len(list), total)
	}
	ts.Logf("%d spans for %d calls", len(list), total)
}

func moduleName(ts *testscript.TestScript, dir string) string {
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	ts.Check(err)
	return strings.Fields(string(data))[1]
}

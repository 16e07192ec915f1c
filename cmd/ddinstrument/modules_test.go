package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ddinstrument/ddinstrument/directives"
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
	cmd := exec.Command("go", "mod", "download", "-json", args[0])
	cmd.Dir = ts.Getenv("WORK")
	out, err := cmd.Output()
	if err != nil {
		ts.Fatalf("downloading %s: %v\n%s", args[0], err, out)
	}
	var m struct{ Dir string }
	ts.Check(json.Unmarshal(out, &m))
	dir := ts.MkAbs(args[1])
	ts.Check(os.CopyFS(dir, os.DirFS(m.Dir)))
	ts.Check(filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		return os.Chmod(path, info.Mode()|0o200)
	}))
}

// A listedFunction is a line "file: function: words" of a list.
type listedFunction struct{ file, name, words string }

func readFunctions(ts *testscript.TestScript, name string) []listedFunction {
	var list []listedFunction
	for line := range strings.Lines(ts.ReadFile(name)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.SplitN(line, ":", 3)
		if len(parts) != 3 {
			ts.Fatalf("not a function: %s", line)
		}
		list = append(list, listedFunction{parts[0], strings.TrimSpace(parts[1]), strings.TrimSpace(parts[2])})
	}
	return list
}

// find returns the function's syntax and where things are in its file.
func (f listedFunction) find(ts *testscript.TestScript, dir string) (*token.FileSet, *ast.FuncDecl) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, filepath.Join(dir, f.file), nil, parser.SkipObjectResolution)
	ts.Check(err)
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		name := fn.Name.Name
		if recv := directives.ReceiverName(fn); recv != "" {
			name = recv + "." + name
		}
		if name == f.name {
			return fset, fn
		}
	}
	ts.Fatalf("%s has no function %s", f.file, f.name)
	return nil, nil
}

// addDirectives is "directives DIR LIST": //dd:trace above each function.
func addDirectives(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: directives DIR LIST")
	}
	for _, f := range readFunctions(ts, args[1]) {
		fset, fn := f.find(ts, ts.MkAbs(args[0]))
		path := filepath.Join(ts.MkAbs(args[0]), f.file)
		src, err := os.ReadFile(path)
		ts.Check(err)
		at := fset.Position(fn.Pos()).Offset
		line := strings.TrimSpace("//dd:trace "+f.words) + "\n"
		ts.Check(os.WriteFile(path, []byte(string(src[:at])+line+string(src[at:])), 0o666))
	}
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
	module := moduleName(ts, ts.MkAbs(args[2]))
	total := 0
	for _, f := range readFunctions(ts, args[3]) {
		fset, fn := f.find(ts, ts.MkAbs(args[2]))
		pos := fset.Position(fn.Body.Lbrace)
		want := calls[fmt.Sprintf("%s/%s:%d.%d", module, f.file, pos.Line, pos.Column)]
		d, problems := directives.Parse(strings.TrimSpace("//dd:trace "+f.words), token.NoPos)
		if len(problems) > 0 {
			ts.Fatalf("%v", problems)
		}
		name := d.Name
		if name == "" {
			name = directives.FuncName(packageName(ts, filepath.Join(ts.MkAbs(args[2]), f.file)), fn)
		}
		if want == 0 || spans[name] != want {
			ts.Fatalf("%s in %s: %d spans for %d calls", f.name, f.file, spans[name], want)
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

func packageName(ts *testscript.TestScript, path string) string {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly)
	ts.Check(err)
	return file.Name.Name
}

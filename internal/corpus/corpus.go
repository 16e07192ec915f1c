// Package corpus puts directives into modules that are not ours, for tests and
// measurements. It needs the go command and the module proxy.
package corpus

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
)

// Modules are code that is not ours, pinned: a web framework, routers, a JSON library, a parser
// library, CLI and assertion libraries, an expression language, an interpreter.
var Modules = []string{
	"github.com/gin-gonic/gin@v1.12.0",
	"github.com/go-chi/chi/v5@v5.2.3",
	"github.com/gorilla/mux@v1.8.1",
	"github.com/tidwall/gjson@v1.18.0",
	"github.com/alecthomas/participle/v2@v2.1.4",
	"github.com/spf13/cobra@v1.10.2",
	"github.com/spf13/pflag@v1.0.9",
	"github.com/stretchr/testify@v1.11.1",
	"github.com/expr-lang/expr@v1.17.6",
	"github.com/dop251/goja@v0.0.0-20250630131328-58d95d85e994",
}

// Copy puts a module ("path@version") into a new folder, where it can be
// written to, and fetches what it needs, so that no build waits for the network.
func Copy(module, dir string) error {
	cmd := exec.Command("go", "mod", "download", "-json", module)
	cmd.Dir = os.TempDir()
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("downloading %s: %w\n%s", module, err, out)
	}
	var m struct{ Dir string }
	if err := json.Unmarshal(out, &m); err != nil {
		return err
	}
	if err := os.CopyFS(dir, os.DirFS(m.Dir)); err != nil {
		return err
	}
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return os.Chmod(path, info.Mode()|0o200)
	}); err != nil {
		return err
	}
	cmd = exec.Command("go", "mod", "download")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go mod download in %s: %w\n%s", module, err, out)
	}
	return nil
}

// A Function is a function of a module and the words of its directive.
type Function struct{ File, Name, Words string }

// List reads functions from lines "file: function: words"; methods are
// Type.Method. Empty lines and those that begin with # are passed over.
func List(text string) ([]Function, error) {
	var list []Function
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.SplitN(line, ":", 3)
		if len(parts) != 3 {
			return nil, fmt.Errorf("not a function: %s", line)
		}
		list = append(list, Function{parts[0], strings.TrimSpace(parts[1]), strings.TrimSpace(parts[2])})
	}
	return list, nil
}

// Directive is the line that goes above the function.
func (f Function) Directive() string { return strings.TrimSpace("//dd:trace " + f.Words) }

// Find returns the function's syntax in the module in dir.
func (f Function) Find(dir string) (*token.FileSet, *ast.File, *ast.FuncDecl, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, filepath.Join(dir, f.File), nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if ok && strings.TrimPrefix(directives.ReceiverName(fn)+"."+fn.Name.Name, ".") == f.Name {
			return fset, file, fn, nil
		}
	}
	return nil, nil, nil, fmt.Errorf("%s has no function %s", f.File, f.Name)
}

// Annotate puts the directives of a list above their functions.
func Annotate(dir string, list []Function) error {
	for _, f := range list {
		fset, _, fn, err := f.Find(dir)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, f.File)
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		at := fset.Position(fn.Pos()).Offset
		if err := os.WriteFile(path, []byte(string(src[:at])+f.Directive()+"\n"+string(src[at:])), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// AnnotateAll puts a directive above every function of a module that can be
// traced, tests excepted, and returns how many there are.
func AnnotateAll(dir string) (int, error) {
	n := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != dir && (strings.HasPrefix(d.Name(), "_") || d.Name() == "testdata" || d.Name() == "vendor"):
			return fs.SkipDir
		case !d.Type().IsRegular() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		out, found := annotateAll(src)
		if found == 0 {
			return nil
		}
		n += found
		return os.WriteFile(path, out, 0o666)
	})
	return n, err
}

func annotateAll(src []byte) ([]byte, int) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return src, 0
	}
	var out bytes.Buffer
	at, n := 0, 0
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || directives.Untraceable(file, fn) != "" {
			continue
		}
		pos := fset.PositionFor(fn.Pos(), false).Offset
		line := bytes.LastIndexByte(src[:pos], '\n') + 1
		if len(bytes.TrimSpace(src[line:pos])) > 0 {
			continue // something else begins on its line
		}
		out.Write(src[at:line])
		out.WriteString("//dd:trace\n")
		at = line
		n++
	}
	out.Write(src[at:])
	return out.Bytes(), n
}

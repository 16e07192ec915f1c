package main

import (
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

	"golang.org/x/tools/txtar"

	"github.com/ddinstrument/ddinstrument/directives"
)

const module = "github.com/gin-gonic/gin@v1.12.0"

// program is the small program that is built on the framework.
const program = `package main

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

func main() {
	r := gin.Default()
	r.GET("/ping", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"message": "pong"}) })
	r.Run()
}
`

// prepare makes a copy of the framework in dir, with the directives that the
// test of real modules gives it, and the program. It returns how many there are.
func prepare(dir string) (int, error) {
	out, err := exec.Command("go", "mod", "download", "-json", module).Output()
	if err != nil {
		return 0, fmt.Errorf("downloading %s: %w", module, err)
	}
	var m struct{ Dir string }
	if err := json.Unmarshal(out, &m); err != nil {
		return 0, err
	}
	if err := os.CopyFS(dir, os.DirFS(m.Dir)); err != nil {
		return 0, err
	}
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Chmod(path, 0o666)
	}); err != nil {
		return 0, err
	}
	app := filepath.Join(dir, "cmd", "app")
	if err := os.MkdirAll(app, 0o777); err != nil {
		return 0, err
	}
	if err := os.WriteFile(filepath.Join(app, "main.go"), []byte(program), 0o666); err != nil {
		return 0, err
	}
	if err := download(dir); err != nil {
		return 0, err
	}
	return annotate(dir)
}

// download fetches what the module needs, so that no build waits for the network.
func download(dir string) error {
	cmd := exec.Command("go", "mod", "download")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go mod download: %w\n%s", err, out)
	}
	return nil
}

// annotate puts the directives of the script's list above their functions.
func annotate(dir string) (int, error) {
	archive, err := txtar.ParseFile(filepath.Join("testdata", "modules", "gin.txtar"))
	if err != nil {
		return 0, err
	}
	n := 0
	for _, f := range archive.Files {
		for line := range strings.Lines(string(f.Data)) {
			parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
			if len(parts) != 3 || strings.HasPrefix(line, "#") {
				continue
			}
			if err := insert(filepath.Join(dir, parts[0]), strings.TrimSpace(parts[1]), strings.TrimSpace(parts[2])); err != nil {
				return 0, err
			}
			n++
		}
	}
	return n, nil
}

// insert puts a directive above one function.
func insert(path, function, words string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || strings.TrimPrefix(directives.ReceiverName(fn)+"."+fn.Name.Name, ".") != function {
			continue
		}
		at := fset.Position(fn.Pos()).Offset
		line := strings.TrimSpace("//dd:trace "+words) + "\n"
		return os.WriteFile(path, []byte(string(src[:at])+line+string(src[at:])), 0o666)
	}
	return fmt.Errorf("%s has no function %s", path, function)
}

func appendTo(path, text string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(src, text...), 0o666)
}

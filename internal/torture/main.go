// Torture traces every function of modules that are not ours and runs their
// own tests, plain and traced. It prints a table, and ends with status 1 when a
// test that passes without us does not pass with us.
//
//	go run ./internal/torture [module@version ...]     (or: make torture)
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/internal/corpus"
)

// modules are pinned: a web framework, routers, a JSON library, a parser
// library, CLI and assertion libraries, an expression language, an interpreter.
var modules = []string{
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

func main() {
	if len(os.Args) > 1 {
		modules = os.Args[1:]
	}
	worse, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(2)
	}
	if worse {
		os.Exit(1)
	}
}

func run() (worse bool, err error) {
	tmp, err := os.MkdirTemp("", "ddinstrument-torture-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(tmp)
	tool := filepath.Join(tmp, "ddinstrument")
	if out, err := exec.Command("go", "build", "-o", tool, "./cmd/ddinstrument").CombinedOutput(); err != nil {
		return false, fmt.Errorf("building ddinstrument: %w\n%s", err, out)
	}
	server, err := agent.Start(agent.Options{Memory: 16 << 20})
	if err != nil {
		return false, err
	}
	defer server.Close()
	fmt.Printf("%-60s %9s %14s %14s\n", "module", "functions", "passed plain", "passed traced")
	for i, module := range modules {
		plain, traced := filepath.Join(tmp, fmt.Sprint(i, "-plain")), filepath.Join(tmp, fmt.Sprint(i, "-traced"))
		if err := errors.Join(corpus.Copy(module, plain), corpus.Copy(module, traced)); err != nil {
			return false, err
		}
		n, err := corpus.AnnotateAll(traced)
		if err != nil {
			return false, err
		}
		before, err := passed(plain, nil, "go")
		if err != nil {
			return false, err
		}
		after, err := passed(traced, []string{"DD_TRACE_AGENT_URL=" + server.URL()}, tool)
		if err != nil {
			return false, err
		}
		fmt.Printf("%-60s %9d %14d %14d\n", module, n, len(before), len(after))
		for _, test := range before {
			if !slices.Contains(after, test) {
				worse = true
				fmt.Printf("    not passed when traced: %s\n", test)
			}
		}
	}
	return worse, nil
}

// varying is what names of tests may have in them that differs in every run:
// addresses and times.
var varying = regexp.MustCompile(`0x[0-9a-f]+|[0-9]+`)

// passed runs a module's tests and returns those that pass.
func passed(dir string, env []string, tool string) ([]string, error) {
	cmd := exec.Command(tool, "test", "-json", "-short", "-count=1", "-timeout=20m", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		return nil, err
	}
	var list []string
	for line := range strings.Lines(string(out)) {
		var event struct{ Action, Package, Test string }
		if json.Unmarshal([]byte(line), &event) == nil && event.Action == "pass" {
			list = append(list, event.Package+" "+varying.ReplaceAllString(event.Test, "N"))
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no test passes in %s:\n%s\n%s", dir, out, stderr.Bytes())
	}
	return list, nil
}

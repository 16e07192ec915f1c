package main

import (
	"cmp"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const modulePath = "github.com/ddinstrument/ddinstrument"

// TestArrows keeps the packages as ignorant of each other as the design wants
// them: imports run from the commands down, the language and the rewriter do no
// I/O, and the runtime needs the standard library only.
func TestArrows(t *testing.T) {
	own := func(names ...string) []string {
		for i, n := range names {
			names[i] = modulePath + "/" + n
		}
		return names
	}
	io := []string{"os", "os/exec", "io/fs", "net", "net/http", "path/filepath"}
	for _, rule := range []struct {
		packages  string
		forbidden []string
	}{
		{"./directives/...", append(own("rewriter", "overlay", "internal/load", "agent", "runtime"), io...)},
		{"./rewriter/...", append(own("overlay", "internal/load", "agent", "runtime"), io...)},
		{"./integrations/...", own("directives", "rewriter", "overlay", "internal/load", "agent", "runtime")},
		{"./internal/load/...", own("directives", "rewriter", "overlay", "agent", "runtime")},
		{"./overlay/...", append(own("agent", "cmd"), "go/ast", "go/parser", "go/types")},
		{"./agent/...", own("directives", "rewriter", "overlay", "internal/load", "runtime")},
	} {
		for pkg, imports := range listImports(t, "{{.Imports}}", rule.packages) {
			for _, path := range imports {
				if slices.ContainsFunc(rule.forbidden, func(f string) bool {
					return path == f || strings.HasPrefix(path, f+"/") && strings.HasPrefix(f, modulePath)
				}) {
					t.Errorf("%s imports %s", pkg, path)
				}
			}
		}
	}
}

// TestRuntimeDependencies keeps the runtime importable from any package of a
// program, the standard library's own included.
func TestRuntimeDependencies(t *testing.T) {
	for pkg, deps := range listImports(t, "{{.Deps}}", "./runtime/...") {
		for _, path := range deps {
			foreign := strings.Contains(strings.SplitN(path, "/", 2)[0], ".") && !strings.HasPrefix(path, modulePath+"/runtime/")
			if foreign || path == "net/http" || path == "database/sql" {
				t.Errorf("%s depends on %s", pkg, path)
			}
		}
	}
}

// TestRuntimeWithoutNet: what a program links because it is traced must not make
// it a cgo program, as net does. Elsewhere there is no other way than net.
func TestRuntimeWithoutNet(t *testing.T) {
	forbidden := []string{"net", "net/url", "net/netip", "crypto/tls", "os/user", "os/signal", "runtime/cgo", "unique"}
	for _, system := range []string{"linux", "darwin", "freebsd", "windows"} {
		t.Setenv("GOOS", system)
		t.Setenv("GOARCH", "amd64")
		t.Setenv("CGO_ENABLED", "1")
		found := ""
		for _, path := range listImports(t, "{{.Deps}}", "./runtime/tracer")[modulePath+"/runtime/tracer"] {
			if slices.Contains(forbidden, path) {
				found += " " + path
			}
		}
		if (found != "") != (system == "windows") {
			t.Errorf("%s: the tracer depends on%s", system, cmp.Or(found, " neither net nor anything else"))
		}
	}
}

// listImports returns a list of each package by go list.
func listImports(t *testing.T, field, pattern string) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", "{{.ImportPath}} "+field, pattern)
	cmd.Dir = repository(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %s: %v", pattern, err)
	}
	lists := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(strings.NewReplacer("[", " ", "]", " ").Replace(line))
		lists[words[0]] = words[1:]
	}
	if len(lists) == 0 {
		t.Fatalf("no package matches %s", pattern)
	}
	return lists
}

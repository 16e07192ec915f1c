package integrations

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ddinstrument/ddinstrument/directives"
)

// TestAll reads every integration, as a build does: rules that parse, and glue
// that no build but that of its library takes, with names that begin as ours.
func TestAll(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("there are no integrations")
	}
	for _, in := range all {
		for _, p := range in.Packages {
			for _, r := range p.Rules {
				if r.Do == "" {
					continue
				}
				fset := token.NewFileSet()
				_, wrong := directives.ParseRule(fset, "integration", p.Path+":"+r.Func+" "+r.Do)
				for _, d := range wrong {
					t.Errorf("%s: %s: %s", in.Name, r.Func, d.Message)
				}
			}
			for name, src := range p.Glue {
				glue(t, in.Name+"/"+name, src)
			}
		}
	}
}

func glue(t *testing.T, name string, src []byte) {
	t.Helper()
	if !strings.HasPrefix(string(src), "//go:build ignore\n\n") {
		t.Errorf("%s does not begin with //go:build ignore", name)
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
	if err != nil {
		t.Error(err)
		return
	}
	for _, decl := range file.Decls {
		for _, id := range declared(decl) {
			if id.Name != "_" && !strings.HasPrefix(id.Name, "dd") {
				t.Errorf("%s declares %s; names begin with dd", name, id.Name)
			}
		}
	}
}

// declared are the names that a declaration adds to its package.
func declared(decl ast.Decl) (list []*ast.Ident) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv == nil {
			list = append(list, decl.Name)
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				list = append(list, spec.Name)
			case *ast.ValueSpec:
				list = append(list, spec.Names...)
			}
		}
	}
	return list
}

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		of, version string
		want        bool
	}{
		{"v9.5.0 - v9.17", "v9.5.0", true},
		{"v9.5.0 - v9.17", "v9.4.9", false},
		{"v9.5.0 - v9.17", "v9.17.3", true},
		{"v9.5.0 - v9.17", "v9.18.0", false},
		{"v9.5.0 - v9.17", "v9.5.0-rc.1", false},
		{"v9.5.0 - v9.17.1", "v9.17.2", false},
		{"v9.5.0 - v9.17", "", false},
		{"v9.5.0 - v9.17", "(devel)", false},
		{"v1.0.0 - v1.2", "v1.0.1-0.20240101000000-abcdefabcdef", true},
		{"go1.22 - go1.26", "go1.22", true},
		{"go1.22 - go1.26", "go1.26.8", true},
		{"go1.22 - go1.26", "go1.26rc1", true},
		{"go1.22 - go1.26", "go1.22rc1", false},
		{"go1.22 - go1.26", "go1.21.13", false},
		{"go1.22 - go1.26", "go1.27.0", false},
		{"go1.22 - go1.26", "go1.26.1 X:nodwarf5", true},
		{"go1.26", "go1.26.8", true},
		{"go1.26", "go1.25.8", false},
		{"v1.2.0", "v1.2.0", true},
		{"v1.2.0", "v1.2.1", false},
		{"go1.22 - go1.26", "devel go1.27-abc", false},
	} {
		r, err := parseRange(c.of)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.holds(c.version); got != c.want {
			t.Errorf("%s holds %q: %v, want %v", c.of, c.version, got, c.want)
		}
	}
	for _, text := range []string{"", "1", "v1.2.0 v1.3.0", "1.2 - 1.3", "go1.22 - tip"} {
		if _, err := parseRange(text); err == nil {
			t.Errorf("%q is taken for a range of versions", text)
		}
	}
}

// TestNames: a library is called by its import path or the end of it.
func TestNames(t *testing.T) {
	in := &Integration{Name: "github.com/redis/go-redis/v9"}
	for name, want := range map[string]bool{
		"github.com/redis/go-redis/v9": true, "github.com/redis/go-redis": true, "redis/go-redis": true, "go-redis": true,
		"redis": false, "v9": false, "": false, "-redis": false,
	} {
		if got := in.called(name); got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}

// TestWrong: what is wrong with a file of rules is said, with its name.
func TestWrong(t *testing.T) {
	const good = "name: a\nabout: b\npackages:\n- package: a\n  versions: v1.0.0 - v1.2\n  rules: [{func: F, do: x}]\n"
	if _, err := read(fstest.MapFS{"a/rules.yaml": {Data: []byte(good)}}); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		"about: b":           "about: ''",
		"v1.0.0 - v1.2":      "1",
		"func: F, do: x":     "func: F",
		"{func: F, do: x}":   "{type: T, do: x}",
		"[{func: F, do: x}]": "[]",
		"- package: a":       "- package: ''",
		"do: x":              "does: x",
		"  rules":            "  add: [none.go]\n  rules",
	} {
		_, err := read(fstest.MapFS{"a/rules.yaml": {Data: []byte(strings.Replace(good, from, to, 1))}})
		if err == nil || !strings.Contains(err.Error(), "integrations/a/rules.yaml") {
			t.Errorf("with %q: %v", to, err)
		}
	}
}

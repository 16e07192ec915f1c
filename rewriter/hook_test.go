package rewriter_test

import (
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/internal/load"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

// TestHooks puts code into the functions and types of a library: before a span
// begins and once it has begun, with names for what had none.
func TestHooks(t *testing.T) {
	const src = `package lib

import "context"

type Client struct {
	addr string
}

func (c *Client) Do(ctx context.Context, name string) (int, error) { return 1, nil }

func find(name string) (string, bool) {
	ddspan := name
	return ddspan, true
}

func (c *Client) close() {}
`
	const want = `package lib

import "context"

type Client struct { ddinfo ddInfo;
	addr string
}

func (c *Client) Do(ctx context.Context, name string) (_ int, dderr error) { ctx = ddIn(ctx, name); ctx, ddspan2 := ddClientDo.Enter(ctx); ddspan2.Resource(func() interface{} { return name }); defer ddspan2.Exit(&dderr); ddTags(ddspan2, c.ddspan, dderr); return 1, nil }

func find(name string) (ddr0 string, ddr1 bool) { defer func() { ddFound(ddr0, ddr1, x._1) }();
	ddspan := name
	return ddspan, true
}

func (c *Client) close() {}
`
	fset := token.NewFileSet()
	rule, wrong := directives.ParseRule(fset, "integration", "lib:Client.Do lib.do resource={name}")
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	outlined := load.Outline(fset, "lib", []load.Source{{Path: "lib.go", Src: []byte(src)}})
	plan, wrong := rewriter.Make(&rewriter.Package{
		Path: "lib", Name: "lib", Fset: fset, Types: outlined.Types, Info: outlined.Info, Library: true,
		Files: []rewriter.File{{Path: "lib.go", Src: []byte(src), Syntax: outlined.Files[0]}},
		Rules: []directives.Rule{rule},
		Hooks: []rewriter.Hook{
			{Func: "Client.Do", First: "ctx = ddIn(ctx, name)", Then: "ddTags(ddspan, c.ddspan, _1)"},
			{Func: "find", First: "defer func() { ddFound(_0, _1, x._1) }()"},
			{Type: "Client", Field: "ddinfo ddInfo"},
			{Func: "Client.Close", First: "x()"},
			{Type: "Ring", Field: "a int"},
		},
	})
	if len(wrong) > 0 || len(plan.Files) != 1 {
		t.Fatal(wrong, len(plan.Files))
	}
	var got strings.Builder
	for line := range strings.Lines(string(plan.Splice(plan.Files[0]))) {
		if !strings.HasPrefix(line, "//line ") {
			got.WriteString(withoutPositions(line))
		}
	}
	if got.String() != want {
		t.Errorf("it becomes\n%s\nwant\n%s", &got, want)
	}
	if lacks := []string{"func Client.Close", "struct type Ring"}; !slices.Equal(plan.Lacks, lacks) {
		t.Errorf("it lacks %q, want %q", plan.Lacks, lacks)
	}
}

// withoutPositions takes the comments out of a line that tell the compiler where
// it is again.
func withoutPositions(line string) string {
	for {
		before, after, ok := strings.Cut(line, "/*line ")
		if !ok {
			return line
		}
		_, after, _ = strings.Cut(after, "*/")
		line = before + after
	}
}

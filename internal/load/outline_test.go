package load

import (
	"go/token"
	"slices"
	"testing"
)

// TestOutline: of a package by itself it is known what is wrong with it by
// itself, and of its imports that a context is one.
func TestOutline(t *testing.T) {
	lib := Source{Path: "lib.go", Src: []byte(`package lib

import (
	"context"

	"example.com/other"
)

type Client struct {
	opt  *other.Options
	addr string
}

func (c *Client) Do(ctx context.Context, cmd other.Cmd) error { return undefinedHere }
`)}
	glue := Source{Path: "glue.go", Whole: true, Src: []byte(`package lib

import (
	"context"

	"example.com/tracer"
)

var site = tracer.Site{Name: "x"}

func tags(ctx context.Context, c *Client) {
	ctx, span := site.Enter(ctx)
	span.Set(c.opt.Anything, c.addr, ctx.Done(), context.Cause(ctx))
	helper(c)
}

func helper(c *Client) { c.port++; c.addr = 1; tags(c); missing() }
`)}
	o := Outline(token.NewFileSet(), "lib", []Source{lib, glue})
	var got []string
	for _, e := range o.Errors {
		got = append(got, e.Msg)
	}
	want := []string{
		"missing return", // of a body that is not looked at
		"c.port undefined (type *Client has no field or method port)",
		"cannot use 1 (untyped int constant) as string value in assignment",
		"not enough arguments in call to tags\n\thave (*Client)\n\twant (context.Context, *Client)",
		"undefined: missing",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if o.Types.Scope().Lookup("Client") == nil || len(o.Files) != 2 {
		t.Error("the package is not known")
	}
	broken := Outline(token.NewFileSet(), "lib", []Source{{Path: "a.go", Src: []byte("package lib\nfunc {")}})
	if len(broken.Errors) != 1 || broken.Files[0] != nil {
		t.Errorf("of a file that does not parse: %v", broken.Errors)
	}
}

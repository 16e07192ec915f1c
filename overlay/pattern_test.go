package overlay

import (
	"testing"

	"github.com/ddinstrument/ddinstrument/internal/load"
)

// TestPattern compares patterns with what the go command's match (go help
// packages), with workspaces beside.
func TestPattern(t *testing.T) {
	mains := []mainModule{{"example.com/shop", "/w/shop"}, {"example.com/lib", "/w/lib"}, {"example.com/top", "/t"}}
	root := &load.Package{Path: "example.com/shop", Dir: "/w/shop", Root: "/w/shop"}
	cart := &load.Package{Path: "example.com/shop/cart", Dir: "/w/shop/cart", Root: "/w/shop"}
	external := &load.Package{Path: "example.com/shop/cart_test", ForTest: "example.com/shop/cart", Dir: "/w/shop/cart", Root: "/w/shop"}
	carts := &load.Package{Path: "example.com/shop/carts", Dir: "/w/shop/carts", Root: "/w/shop"}
	data := &load.Package{Path: "example.com/shop/testdata/x", Dir: "/w/shop/testdata/x", Root: "/w/shop"}
	nested := &load.Package{Path: "example.com/nested", Dir: "/w/shop/nested", Root: "/w/shop/nested"}
	lib := &load.Package{Path: "example.com/lib", Dir: "/w/lib", Root: "/w/lib"}
	loose := &load.Package{Path: "command-line-arguments", Dir: "/w/shop/cmd"}
	all := []*load.Package{root, cart, external, carts, data, nested, lib, loose}
	for _, test := range []struct {
		pattern, dir string
		want         []*load.Package
	}{
		{"./...", "/w/shop", []*load.Package{root, cart, external, carts, loose}},
		{"./...", "/w", []*load.Package{root, cart, external, carts, nested, lib, loose}}, // above the workspace's modules
		{"./...", "/", []*load.Package{root, cart, external, carts, nested, lib, loose}},
		{".", "/w/shop", []*load.Package{root}},
		{"./", "/w/shop", []*load.Package{root}},
		{"..", "/w/shop/cart", []*load.Package{root}},
		{"../cart", "/w/shop/cmd", []*load.Package{cart, external}},
		{"../...", "/w/shop/cmd", []*load.Package{root, cart, external, carts, loose}},
		{"./cart...", "/w/shop", []*load.Package{cart, external, carts}},
		{"./cart/...", "/w/shop", []*load.Package{cart, external}},
		{"./testdata/x", "/w/shop", []*load.Package{data}},
		{"./testdata/...", "/w/shop", []*load.Package{data}},
		{"./nested/...", "/w/shop", []*load.Package{nested}},
		{"/w/lib", "/elsewhere", []*load.Package{lib}},
		{"example.com/shop", "/", []*load.Package{root}},
		{"example.com/shop/...", "/", []*load.Package{root, cart, external, carts, data}},
		{"example.com/shop/cart", "/", []*load.Package{cart, external}},
		{".../cart", "/", []*load.Package{cart, external}},
		{"example.com/s...p", "/", []*load.Package{root}},
		{"example.com", "/", nil},
		{"shop", "/", nil},
		{"work", "/", []*load.Package{root, cart, external, carts, data, lib}},
		{"all", "/", all},
		{"...", "/", all},
	} {
		p := newPattern(test.pattern, test.dir)
		for _, pkg := range all {
			want := false
			for _, w := range test.want {
				want = want || w == pkg
			}
			if p.matches(pkg, mains) != want {
				t.Errorf("%s in %s: %s in %s: %v", test.pattern, test.dir, pkg.Path, pkg.Dir, !want)
			}
		}
	}
}

package logs

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

// TestPools has every piece of work be a child of the request that has submitted it, whatever the worker has done before.
func TestPools(t *testing.T) {
	for _, flags := range [][]string{nil, {"-modfile=middle.mod"}, {"-modfile=older.mod", "-tags=nogeneric"}, {"-modfile=oldest.mod", "-tags=nomulti"}} {
		t.Run(strings.Join(flags, " "), func(t *testing.T) {
			pools := []string{"pool", "func", "single", "multi", "multi func", "generic", "multi generic"}
			switch {
			case strings.Contains(fmt.Sprint(flags), "nogeneric"):
				pools = pools[:5]
			case strings.Contains(fmt.Sprint(flags), "nomulti"):
				pools = pools[:3]
			}
			r := libtest.Run(t, libtest.Program{Package: "./apppool", Flags: flags})
			if want := "<nil>\nhandled p\ntrue\ntrue\n"; r.Code != 0 || r.Stderr != "" || r.Stdout != want {
				t.Errorf("exit status %d, printed\n%s%s\nwant\n%s", r.Code, r.Stdout, r.Stderr, want)
			}
			var got []string
			for _, trace := range r.Traces {
				got = append(got, libtest.Tree(trace.Spans))
			}
			want := []string{"app ended \"ended\"\n  app work \"late\"\n", "app work \"alone\"\n"}
			for _, round := range []string{"first", "second"} {
				want = append(want, tree("group", round))
				for _, pool := range pools {
					want = append(want, tree("request", round+" "+pool))
				}
			}
			sort.Strings(got)
			sort.Strings(want)
			if strings.Join(got, "") != strings.Join(want, "") {
				t.Errorf("traces:\n%s\nwant:\n%s", strings.Join(got, ""), strings.Join(want, ""))
			}
		})
	}
}

// tree is a request with three pieces of work.
func tree(name, resource string) string {
	return fmt.Sprintf("app %s %q\n", name, resource) + strings.Repeat(fmt.Sprintf("  app work %q\n", resource), 3)
}

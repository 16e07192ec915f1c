//go:build go1.21

package tracer

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestSiteMemory gives Trace many names that are long, or small parts of long texts: what is kept of them is little.
func TestSiteMemory(t *testing.T) {
	clear := func() {
		sites.named.Range(func(name, _ any) bool {
			sites.named.Delete(name)
			return true
		})
		sites.count.Store(0)
	}
	t.Cleanup(clear)
	used := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	for name, of := range map[string]func(text string) string{
		"long": func(text string) string { return text },
		"part": func(text string) string { return text[:20] },
	} {
		clear()
		before := used()
		for i := 0; i < maxSites/4; i++ {
			siteNamed(of(fmt.Sprintf("name %d %s", i, strings.Repeat("x", 40000))))
		}
		if n := used() - before; n > 2<<20 {
			t.Errorf("%s names keep %d bytes", name, n)
		}
	}
}

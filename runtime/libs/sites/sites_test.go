//go:build go1.21

package sites

import (
	"fmt"
	"sync"
	"testing"

	"github.com/ddinstrument/ddinstrument/runtime/tracer"
)

func TestTable(t *testing.T) {
	table := Table{Make: func(name string) *tracer.Site { return &tracer.Site{Name: "get", Resource: name} }}
	var wg sync.WaitGroup
	for g := 0; g < 4; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < limit+100; i++ {
				name := fmt.Sprint(i)
				if s := table.Get(name); s.Resource != name {
					t.Errorf("the site of %s is that of %s", name, s.Resource)
				}
			}
		}()
	}
	wg.Wait()
	if n := len(*table.known.Load()); n != limit {
		t.Errorf("%d names are kept, want %d", n, limit)
	}
	if one := table.Get("7"); one != table.Get("7") {
		t.Error("a name has two sites")
	}
	if n := testing.AllocsPerRun(100, func() { table.Get("7") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

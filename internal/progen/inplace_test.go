package progen

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/ddinstrument/ddinstrument/internal/corpus"
)

// compareInPlace has the spans put into the sources. Plain go builds a program
// from them that does and sends the same, ddinstrument build traces nothing
// twice, and strip gives the sources back.
func (b *batch) compareInPlace(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	files := Module(b.programs)
	write(t, dir, files)
	must := func(name string, args ...string) {
		t.Helper()
		if out, err := b.lab.command(dir, name, args...); err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
	}
	must(b.lab.tool, "rewrite", "-w", "./...")
	must(b.lab.tool, "rewrite", "-l", "./...")
	if err := corpus.RequireRuntime(dir, filepath.Join(dir, "ddruntime")); err != nil {
		t.Fatal(err)
	}
	built := *b
	built.traced = filepath.Join(dir, "placed.exe")
	for _, tool := range []string{"go", b.lab.tool} {
		must(tool, "build", "-gcflags=-e", "-o", built.traced, ".")
		built.compare(t)
	}
	must(b.lab.tool, "strip", "-w", "./...")
	for name, src := range files {
		if now, err := os.ReadFile(filepath.Join(dir, name)); filepath.Ext(name) == ".go" && (err != nil || !bytes.Equal(now, src)) {
			t.Errorf("strip does not give %s back (%v)", name, err)
		}
	}
}

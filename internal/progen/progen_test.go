package progen

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

var (
	count  = flag.Int("programs", 40, "how many programs are generated")
	seed   = flag.Uint64("seed", 1, "the first program's seed; the others have the numbers that follow")
	size   = flag.Int("size", 0, "about how many statements a program has")
	shrink = flag.Int("shrink", 0, "for how many failing programs the least part that fails is looked for")
)

// perBatch is how many programs are built into one binary.
const perBatch = 200

// TestPrograms generates programs, half of them with a directive wherever one
// may stand, and compares what they do when traced with what they do plain.
//
//	go test ./internal/progen -run TestPrograms -programs 10000
//	go test ./internal/progen -run TestPrograms -programs 1 -seed 17 -shrink 1
func TestPrograms(t *testing.T) {
	l := newLab(t)
	spans := 0
	for first := 0; first < *count; first += perBatch {
		var options []Options
		for i := first; i < min(first+perBatch, *count); i++ {
			n := *seed + uint64(i)
			options = append(options, Options{Seed: n, Mode: Mode(n % 2), Size: *size})
		}
		b := l.batch(t, Batch(options))
		spans += b.compare(t)
		if first == 0 {
			b.compareVet(t)
			b.compareInPlace(t)
		}
		for _, p := range b.programs[:min(3, len(b.programs))] {
			b.compareAlone(t, p.Name)
		}
		b.report(t)
		l.shrink(t, b)
		if *count > perBatch {
			t.Logf("%d programs compared, %d spans", first+len(b.programs), spans)
		}
	}
	t.Logf("%d programs, %d spans", *count, spans)
}

// A lab is where programs are built and run.
type lab struct {
	tool string // the command
	env  []string
	left int // programs that may still be shrunk
}

func newLab(t *testing.T) *lab {
	t.Helper()
	dir := t.TempDir()
	l := &lab{tool: filepath.Join(dir, "ddinstrument"), left: *shrink}
	if runtime.GOOS == "windows" {
		l.tool += ".exe"
	}
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "DD_") && !strings.HasPrefix(kv, "GOFLAGS=") && !strings.HasPrefix(kv, "GODEBUG=") {
			l.env = append(l.env, kv)
		}
	}
	l.env = append(l.env, "GOFLAGS=", "GOWORK=off")
	if *count > perBatch { // what is compiled once is not worth keeping
		l.env = append(l.env, "GOCACHE="+filepath.Join(dir, "gocache"), "DDINSTRUMENT_CACHE="+filepath.Join(dir, "cache"))
	}
	if out, err := exec.Command("go", "build", "-o", l.tool, "../../cmd/ddinstrument").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return l
}

// command runs a command in a folder and returns all that it prints.
func (l *lab) command(dir, name string, args ...string) (string, error) {
	c := exec.Command(name, args...)
	c.Dir, c.Env = dir, l.env
	out, err := c.CombinedOutput()
	return string(out), err
}

// write lays a module out.
func write(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, src := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, src, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSame: the same options make the same program.
func TestSame(t *testing.T) {
	for n := range uint64(50) {
		o := Options{Seed: n, Mode: Mode(n % 2)}
		a, b := Generate("p", o), Generate("p", o)
		if !bytes.Equal(a.Src, b.Src) {
			t.Errorf("seed %d makes two programs", n)
		}
		if c := fmt.Sprint("//dd:trace ", a.Name, ".s"); len(a.Sites) > 0 && !bytes.Contains(a.Src, []byte(c)) {
			t.Errorf("seed %d: no directive in its program", n)
		}
	}
}

package logs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

// TestFork has a library that is replaced by a folder: it is traced there, beside what the build does to packages of the
// user's.
func TestFork(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}} {{.Version}}", "github.com/sirupsen/logrus").Output()
	if err != nil {
		t.Fatal(err)
	}
	from, version, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "logrus"), os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"go.mod": "module example.com/fork\n\ngo 1.24\n\nrequire github.com/sirupsen/logrus " + version + "\n\nreplace github.com/sirupsen/logrus => ./logrus\n",
		"main.go": `package main

import "github.com/sirupsen/logrus"

func main() {
	work()
	logrus.Fatal("the end") // by os.Exit, in a package that counts as the user's
}

//dd:trace
func work() { logrus.Info("in a span") }
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOFLAGS", "-mod=mod")
	r := libtest.Run(t, libtest.Program{Dir: dir, Package: "."})
	if r.Code != 1 || len(r.Spans()) != 1 || strings.Count(r.Stderr, "dd.trace_id=") != 1 || !strings.Contains(r.Stderr, "the end") {
		t.Errorf("exit status %d, %d spans, it prints\n%s", r.Code, len(r.Spans()), r.Stderr)
	}
}

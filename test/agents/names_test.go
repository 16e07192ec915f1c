package agents

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/DataDog/datadog-agent/pkg/trace/traceutil/normalize"
)

// TestNames: the agent leaves alone the names that functions, methods, literals and blocks have without a name of their
// own, in all of this repository's packages and in one with identifiers of all forms.
func TestNames(t *testing.T) {
	repository := filepath.Join("..", "..")
	tool := filepath.Join(t.TempDir(), "ddinstrument")
	if out, err := command(repository, "go", "build", "-o", tool, "./cmd/ddinstrument").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	names := listed(t, tool, repository, "--all", "./...")
	names = append(names, listed(t, tool, filepath.Join("testdata", "names"), "--all", "./...")...)
	if len(names) < 1000 {
		t.Errorf("only %d names", len(names))
	}
	for _, name := range names {
		if got, err := normalize.NormalizeName(name); got != name || err != nil {
			t.Errorf("%s becomes %s (error %v)", name, got, err)
		}
	}
}

func command(dir, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	return cmd
}

// listed returns the names that would be traced in the module at dir.
func listed(t *testing.T, tool, dir string, args ...string) (names []string) {
	t.Helper()
	cmd := command(dir, tool, append([]string{"list", "--json"}, args...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", cmd, err)
	}
	var list []struct{ Name string }
	if err := json.Unmarshal(out, &list); err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name)
	}
	return names
}

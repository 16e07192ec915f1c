package corpus

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/ddinstrument/ddinstrument/rewriter"
	runtimefs "github.com/ddinstrument/ddinstrument/runtime"
)

// RequireRuntime has the go.mod in dir require the runtime, which is put into a
// folder of its own, to. It asks for the language version of the module, as a
// newer one would be a change of its own.
func RequireRuntime(dir, to string) error {
	cmd := exec.Command("go", "list", "-m", "-f", "{{.GoVersion}}")
	cmd.Dir = dir
	version, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("asking for the language version of %s: %w", dir, err)
	}
	if err := os.CopyFS(filepath.Join(to, "runtime"), runtimefs.FS); err != nil {
		return err
	}
	mod := fmt.Appendf(nil, "module %s\n\ngo %s\n", rewriter.Module, strings.TrimSpace(string(version)))
	if err := os.WriteFile(filepath.Join(to, "go.mod"), mod, 0o666); err != nil {
		return err
	}
	cmd = exec.Command("go", "mod", "edit", "-require="+rewriter.Module+"@v0.0.0", "-replace="+rewriter.Module+"="+to)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go mod edit in %s: %w\n%s", dir, err, out)
	}
	return nil
}

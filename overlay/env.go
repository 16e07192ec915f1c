package overlay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// goEnv is what ddinstrument wants to know from go env, and where it was asked.
type goEnv struct {
	GOMOD, GOWORK, GOFLAGS, GOVERSION, GOARCH, GOROOT, GOENV, GOMODCACHE string

	dir string // where the go command runs
}

func readGoEnv(ctx context.Context, dir string, env []string) (goEnv, error) {
	e := goEnv{dir: dir}
	cmd := exec.CommandContext(ctx, "go", "env", "-json", "GOMOD", "GOWORK", "GOFLAGS", "GOVERSION", "GOARCH", "GOROOT", "GOENV", "GOMODCACHE")
	cmd.Dir, cmd.Env = dir, env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return e, errors.New(strings.TrimSpace(fmt.Sprintf("go env: %v\n%s", err, stderr.String())))
	}
	if err := json.Unmarshal(out, &e); err != nil {
		return e, fmt.Errorf("go env: %w", err)
	}
	if compareGo(strings.TrimPrefix(e.GOVERSION, "go"), minGo) < 0 {
		return e, fmt.Errorf("the go command is %s; ddinstrument needs go%s or newer", e.GOVERSION, minGo)
	}
	return e, nil
}

// minGo is the oldest go command that the overlay is tried with: the runtime's
// sources need its language version.
const minGo = "1.21"

func (e goEnv) flags() []string { return splitFlags(e.GOFLAGS) }

// language is the language version of the toolchain, as "1.26".
func (e goEnv) language() string {
	parts := strings.SplitN(strings.TrimPrefix(e.GOVERSION, "go"), ".", 3)
	if len(parts) < 2 {
		return minGo
	}
	return fmt.Sprintf("%d.%d", number(parts, 0), number(parts, 1))
}

// fingerprint is what tells one environment of the go command from another:
// its variables and the command itself.
func fingerprint(env []string) []byte {
	var b bytes.Buffer
	relevant := []string{}
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "GO") || strings.HasPrefix(name, "CGO_") || name == "CC" || name == "CXX" ||
			name == "HOME" || name == "XDG_CONFIG_HOME" || name == "PATH" {
			relevant = append(relevant, kv)
		}
	}
	slices.Sort(relevant)
	fmt.Fprintln(&b, relevant)
	for _, file := range []func() (string, error){os.Executable, func() (string, error) { return exec.LookPath("go") }} {
		path, err := file()
		if err != nil {
			continue
		}
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		if info, err := os.Stat(path); err == nil {
			fmt.Fprintln(&b, path, info.Size(), info.ModTime().UnixNano())
		}
	}
	return b.Bytes()
}

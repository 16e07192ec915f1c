package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ddinstrument": main})
}

// TestScript runs what users do at the command line: testdata/script/*.txtar.
func TestScript(t *testing.T) { testscript.Run(t, scriptParams(t, "script")) }

// scriptParams is how the scripts of a folder of testdata are run.
func scriptParams(t *testing.T, folder string) testscript.Params {
	env := goEnv(t, "GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GOROOT")
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", folder),
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"spans":   compareSpans,
			"same":    sameAsGo,
			"receive": receive,
			"proxy":   makeProxy,
			"listens": listens,
			"free":    free,
		},
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, env...)
			// One cache for all scripts: the runtime is compiled once.
			e.Setenv("DDINSTRUMENT_CACHE", filepath.Join(cache, "ddinstrument"))
			e.Setenv("GOFLAGS", "")
			e.Setenv("GOTOOLCHAIN", "local")
			e.Setenv("REPO", repository(t))
			// Nothing listens there: the embedded agent takes the traces.
			e.Setenv("DD_TRACE_AGENT_PORT", "1")
			return nil
		},
	}
}

// goEnv returns settings of the go command that scripts share with the tests.
func goEnv(t *testing.T, names ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	values := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
	var env []string
	for i, name := range names {
		env = append(env, name+"="+values[i])
	}
	return env
}

func repository(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/overlay"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

// goCommand: is there one, and does it work in this module?
func (x *examination) goCommand() finding {
	out, said, err := x.runGo("env", "-json", "GOVERSION", "GOMOD", "GOWORK")
	if errors.Is(err, exec.ErrNotFound) {
		return bad("install Go: https://go.dev/doc/install", "there is no go command in PATH")
	}
	if err != nil {
		return bad(goAdvice(said), "go env: %s", said)
	}
	var env struct{ GOVERSION, GOMOD, GOWORK string }
	if err := json.Unmarshal(out, &env); err != nil {
		return bad("see what go env -json prints", "go env: %v", err)
	}
	if env.GOMOD != "" && env.GOMOD != os.DevNull {
		x.module = env.GOMOD
	}
	switch {
	case x.cmd.NamesFiles():
		x.going = true
		return ok("%s", env.GOVERSION)
	case x.module == "" && (env.GOWORK == "" || env.GOWORK == "off"):
		return bad("run ddinstrument doctor in a module, or make one: go mod init example.com/name", "%s; no go.mod here or above", env.GOVERSION)
	}
	if _, said, err := x.runGo("list", "-m"); err != nil {
		return bad(goAdvice(said), "%s", said)
	}
	x.going = true
	return ok("%s", env.GOVERSION)
}

// goAdvice is what to do about what the go command says of itself.
func goAdvice(said string) string {
	if strings.Contains(said, "requires go >=") || strings.Contains(said, "toolchain not available") {
		return "install that Go, or let the go command fetch it (GOTOOLCHAIN=auto), or put an older version into the go line"
	}
	return "mend what the go command names"
}

// runGo runs the go command where the packages are.
func (x *examination) runGo(args ...string) (out []byte, said string, err error) {
	c := exec.CommandContext(x.ctx, "go", args...)
	c.Dir, c.Env = x.cmd.Dir, x.env
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err = c.Output()
	return out, firstLines(stderr.String(), err), err
}

// firstLines are the first lines of what a command that failed has said, or
// else its error.
func firstLines(said string, err error) string {
	const most = 12
	said = strings.TrimSpace(said)
	if said == "" && err != nil {
		said = err.Error()
	}
	lines := strings.Split(said, "\n")
	if len(lines) > most {
		lines = append(lines[:most], "...")
	}
	return strings.Join(lines, "\n")
}

// patient is a traced program. Its second span is a child of the first only if
// a goroutine takes over the active span, which needs what the runtime links to
// of Go's own.
var patient = map[string]string{
	"go.mod": "module example.com/patient\n\ngo 1.21\n",
	"main.go": `package main

//dd:trace doctor.parent
func parent() {
	done := make(chan bool)
	go child(done)
	<-done
}

//dd:trace doctor.child
func child(done chan bool) { defer close(done) }

func main() { parent() }
`}

// runtime: does a traced program run with this Go, and send what it should?
func (x *examination) runtime() finding {
	const report = "report this, with what go version says: https://" + rewriter.Module + "/issues"
	traces, said, err := x.runPatient()
	if err != nil {
		return bad(report, "a small traced program does not run: %s", firstLines(said, err))
	}
	spans := map[string]agent.Span{}
	for _, t := range traces {
		for _, s := range t.Spans {
			spans[s.Name] = s
		}
	}
	parent, child := spans["doctor.parent"], spans["doctor.child"]
	switch {
	case len(spans) != 2 || parent.SpanID == 0 || child.SpanID == 0:
		return bad(report, "a small traced program runs, but of its 2 spans %d arrive: %s", len(spans), firstLines(said, nil))
	case child.ParentID != parent.SpanID:
		return bad(report, "a goroutine does not take over the active span: the runtime can't reach Go's profiler labels")
	}
	return ok("a small traced program runs; its goroutines take over the active span")
}

// runPatient builds and runs the program in a folder of its own, without what
// the user has set for his.
func (x *examination) runPatient() (traces []agent.Trace, said string, err error) {
	dir, err := os.MkdirTemp("", "ddinstrument-doctor-")
	if err != nil {
		return nil, "", err
	}
	defer os.RemoveAll(dir)
	for name, text := range patient {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			return nil, "", err
		}
	}
	server, err := agent.Start(agent.Options{})
	if err != nil {
		return nil, "", err
	}
	defer server.Close()
	env := append(withoutSettings(x.env), "GOFLAGS=", "GOWORK=off", "DD_TRACE_AGENT_URL="+server.URL())
	cmd := &overlay.Command{Verb: "run", Dir: dir, Patterns: []string{"."}}
	b, err := overlay.Prepare(x.ctx, cmd, env)
	if err != nil {
		return nil, "", err
	}
	var stderr bytes.Buffer
	streams := overlay.Streams{Out: &stderr, Err: &stderr}
	exe, status, err := b.Program(cmd, env, streams)
	if err == nil && status.OK() {
		status, err = overlay.Exec(cmd, exe, env, streams)
	}
	if err == nil && !status.OK() {
		err = fmt.Errorf("exit status %d", status.Code)
	}
	return server.Traces(), stderr.String(), err
}

// withoutSettings is an environment without those of tracing.
func withoutSettings(env []string) []string {
	var kept []string
	for _, kv := range env {
		if !strings.HasPrefix(kv, "DD_") && !strings.HasPrefix(kv, "OTEL_") {
			kept = append(kept, kv)
		}
	}
	return kept
}

// directives: are there any, and are they right?
func (x *examination) directives() finding {
	if !x.going {
		return skip("the go command comes first")
	}
	cmd := *x.cmd
	cmd.Verb = "check" // which says itself what does not parse
	b, err := overlay.Prepare(x.ctx, &cmd, x.env)
	if err != nil {
		var said bytes.Buffer
		overlay.Complain(&cmd, x.env, overlay.Streams{Err: &said})
		return bad("mend that first", "the packages do not load: %s", firstLines(said.String(), err))
	}
	var lines []string
	for _, d := range b.Diagnostics {
		if !d.Warning {
			d.Pos.Filename = x.short(x.cmd, d.Pos.Filename)
			lines = append(lines, d.String())
		}
	}
	lines = append(lines, b.Missing...)
	switch {
	case len(lines) > 0:
		return bad("mend that; ddinstrument check says all of it", "%s", firstLines(strings.Join(lines, "\n"), nil))
	case len(b.Traced) == 0 && !b.Linked:
		return bad("put //dd:trace above a function (ddinstrument help directives), or try --all", "there is nothing to trace in %s",
			strings.Join(x.cmd.Patterns, " "))
	}
	x.build = b
	switch len(b.Traced) {
	case 0:
		return ok("none; spans are made by hand")
	case 1:
		return ok("1 function or block is traced; ddinstrument list names it")
	}
	return ok("%d functions and blocks are traced; ddinstrument list names them", len(b.Traced))
}

// overlaid: does the build with spans succeed?
func (x *examination) overlaid() finding {
	if x.build == nil {
		return skip("the directives come first")
	}
	cmd := *x.cmd
	cmd.Verb = "build"
	cmd.Flags = append([]string{"-o=" + os.DevNull}, without(cmd.Flags, "json")...)
	b, err := overlay.Prepare(x.ctx, &cmd, x.env)
	if err != nil {
		return bad("see what go build says", "%v", err)
	}
	var said bytes.Buffer
	status, err := b.Go(&cmd, x.env, overlay.Streams{Out: &said, Err: &said})
	if err != nil || !status.OK() {
		return bad("if go build succeeds without ddinstrument, report this", "%s", firstLines(said.String(), err))
	}
	return ok("ddinstrument build succeeds")
}

// without leaves out a flag without a value.
func without(flags []string, name string) (kept []string) {
	for _, f := range flags {
		if flag, _, _ := strings.Cut(strings.TrimLeft(f, "-"), "="); flag != name {
			kept = append(kept, f)
		}
	}
	return kept
}

// required: does go.mod name the version of the runtime that goes with this
// command? Builds by ddinstrument bring their own; plain go takes that one.
func (x *examination) required() finding {
	if x.module == "" {
		return skip("no go.mod")
	}
	data, err := os.ReadFile(x.module)
	if err != nil {
		return bad("see to it that it can be read", "%v", err)
	}
	f, err := modfile.ParseLax(x.module, data, nil)
	if err != nil {
		return bad("mend it", "%v", err)
	}
	return requirement(f, release(debug.ReadBuildInfo()))
}

func requirement(f *modfile.File, own string) finding {
	if f.Module != nil && f.Module.Mod.Path == rewriter.Module {
		return ok("this is ddinstrument's own module")
	}
	for _, r := range f.Require {
		switch {
		case r.Mod.Path != rewriter.Module:
		case own == "latest":
			return ok("it requires the runtime %s; this command is of no release to compare with", r.Mod.Version)
		case r.Mod.Version != own:
			return bad("go get "+rewriter.Module+"@"+own, "plain go builds take the runtime %s, but this command is %s", r.Mod.Version, own)
		default:
			return ok("it requires the runtime %s, as this command is", own)
		}
	}
	return ok("it does not require the runtime: ddinstrument brings it along")
}

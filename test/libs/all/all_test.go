// Package all builds a program that uses every library that ddinstrument knows.
package all

import (
	"debug/buildinfo"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/integrations"
	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

// TestList wants every integration to be at work in the program, and nothing left alone. A new one fails it until the
// program uses its library.
func TestList(t *testing.T) {
	cmd := exec.Command(libtest.Command(t), "list", "--libs", "--json", "./app")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var listed []struct {
		Library, Package, Why string
		Traced                bool
	}
	if err := json.Unmarshal(out, &listed); err != nil {
		t.Fatal(err)
	}
	traced := map[string]bool{} // by what --libs= calls them
	for _, l := range listed {
		if !l.Traced {
			t.Errorf("%s is left alone: %s", l.Package, l.Why)
		}
		traced[l.Library] = traced[l.Library] || l.Traced
	}
	all, err := integrations.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range all {
		if !traced[in.Name] {
			t.Errorf("nothing of %s is traced", in.Name)
		}
	}
}

// TestProgram wants the traced program to do and to be what the program is, and a span of each library that has some
// without a server.
func TestProgram(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "program")
	if out, err := exec.Command("go", "build", "-o", plain, "./app").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p := libtest.Program{Package: "./app"}
	traced := libtest.Build(t, p)
	sameBuild(t, plain, traced)

	want := libtest.Exec(t, plain, p)
	if strings.Contains(want.Stdout, "error") {
		t.Fatalf("the program itself fails:\n%s", want.Stdout)
	}
	got := libtest.Exec(t, traced, p)
	if got.Stdout != want.Stdout || got.Code != want.Code {
		t.Errorf("traced, it says with exit status %d:\n%s\nplain, with %d:\n%s", got.Code, got.Stdout, want.Code, want.Stdout)
	}
	for _, logger := range []string{"log: ", "slog: ", "zap: ", "zapslog: ", "logrus: ", "zerolog: "} {
		i := slices.IndexFunc(strings.Split(got.Stderr, "\n"), func(line string) bool {
			return strings.Contains(line, logger+"asked for bread") && strings.Contains(line, "dd.trace_id")
		})
		if i < 0 {
			t.Errorf("no record of %s has the ids of the span:\n%s", strings.TrimSuffix(logger, ": "), got.Stderr)
		}
	}
	if kinds := kindsOf(got); !slices.Equal(kinds, wantKinds) {
		t.Errorf("kinds of spans:\n%s\nwanted:\n%s\nof\n%s", strings.Join(kinds, "\n"), strings.Join(wantKinds, "\n"), libtest.Tree(got.Spans(), "component"))
	}
}

// wantKinds are the spans of libraries that have some without a server: service, operation, kind and component.
var wantKinds = []string{
	"app grpc.server server google.golang.org/grpc",
	"app http.request client net/http",
	"app http.request server net/http",
	"bakery.db bakery.query client database/sql",
	"grpc.client grpc.client client google.golang.org/grpc",
	"kafka kafka.produce producer segmentio/kafka.go.v0",
	"kafka kafka.produce producer twmb/franz-go",
	"postgres.db pgx.connect client jackc/pgx.v5",
	"redis.client redis.command client redis/go-redis.v9",
	"redis.client redis.dial client redis/go-redis.v9",
}

func kindsOf(r libtest.Result) []string {
	var list []string
	for _, s := range r.Spans() {
		list = append(list, strings.Join([]string{s.Service, s.Name, s.Meta["span.kind"], s.Meta["component"]}, " "))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// sameBuild compares what two executables say of how they were built.
func sameBuild(t *testing.T, plain, traced string) {
	t.Helper()
	read := func(path string) (*debug.BuildInfo, []string) {
		info, err := buildinfo.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var deps []string
		for _, d := range info.Deps {
			if d.Path != "github.com/ddinstrument/ddinstrument" {
				deps = append(deps, d.Path+" "+d.Version)
			}
		}
		return info, deps
	}
	p, pdeps := read(plain)
	q, qdeps := read(traced)
	if p.GoVersion != q.GoVersion || p.Path != q.Path || p.Main != q.Main {
		t.Errorf("built by %s, %s of %v; plain by %s, %s of %v", q.GoVersion, q.Path, q.Main, p.GoVersion, p.Path, p.Main)
	}
	if !slices.Equal(pdeps, qdeps) {
		t.Errorf("dependencies %q; plain %q", qdeps, pdeps)
	}
	if !slices.Equal(p.Settings, q.Settings) {
		t.Errorf("settings %v; plain %v", q.Settings, p.Settings)
	}
}

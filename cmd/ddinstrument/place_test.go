package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/overlay"
)

// TestRelease: a program asks go.mod for the runtime of its own version, if
// others can get that.
func TestRelease(t *testing.T) {
	for _, c := range []struct {
		path, version string
		replace       *debug.Module
		want          string
	}{
		{modulePath, "v1.2.3", nil, "v1.2.3"},
		{modulePath, "v1.2.3-rc.1", nil, "v1.2.3-rc.1"},
		{modulePath, "v1.2.3+dirty", nil, "latest"},
		{modulePath, "v1.2.4-0.20260102030405-abcdefabcdef", nil, "latest"},
		{modulePath, "(devel)", nil, "latest"},
		{modulePath, "", nil, "latest"},
		{modulePath, "v1.2.3", &debug.Module{Path: "../fork"}, "latest"},
		{"example.com/fork", "v1.2.3", nil, "latest"},
	} {
		info := &debug.BuildInfo{Main: debug.Module{Path: c.path, Version: c.version, Replace: c.replace}}
		if got := release(info, true); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.path, c.version, got, c.want)
		}
	}
	if got := release(nil, false); got != "latest" {
		t.Errorf("without build info: %s", got)
	}
}

// TestDiff: patch and git apply can read it, and a terminal shows it in colours.
func TestDiff(t *testing.T) {
	change := overlay.Change{Old: []byte("a\nb\n"), New: []byte("a\n--b\n")}
	want := "\x1b[1mdiff sub/x.go.orig sub/x.go\x1b[0m\n\x1b[1m--- sub/x.go.orig\x1b[0m\n\x1b[1m+++ sub/x.go\x1b[0m\n" +
		"\x1b[36m@@ -1,2 +1,2 @@\x1b[0m\n a\n\x1b[31m-b\x1b[0m\n\x1b[32m+--b\x1b[0m\n"
	if got := string(diffOf("./sub/x.go", change, true)); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	for name, change := range map[string]overlay.Change{
		"diff /dev/null x.go\n--- /dev/null\n+++ x.go\n@@ -0,0 +1,1 @@\n+a\n":     {New: []byte("a\n")},
		"diff x.go /dev/null\n--- x.go\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n":     {Old: []byte("a\n")},
		"diff x.go.orig x.go\n--- x.go.orig\n+++ x.go\n@@ -1,1 +1,1 @@\n-a\n+b\n": {Old: []byte("a\n"), New: []byte("b\n")},
	} {
		if got := string(diffOf("x.go", change, false)); got != name {
			t.Errorf("got %q\nwant %q", got, name)
		}
	}
}

// receive is the script command "receive FILE COMMAND ARGUMENTS...": it runs
// a command whose spans go to an agent, and writes them to a file, as
// --view=json prints them.
func receive(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || neg {
		ts.Fatalf("usage: receive FILE COMMAND ARGUMENTS...")
	}
	server, err := agent.Start(agent.Options{})
	ts.Check(err)
	ts.Setenv("DD_TRACE_AGENT_URL", server.URL())
	err = ts.Exec(args[1], args[2:]...)
	ts.Setenv("DD_TRACE_AGENT_URL", "")
	ts.Check(err)
	ts.Check(server.Close())
	var b bytes.Buffer
	ts.Check(agent.WriteJSON(&b, server.Traces()))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o666))
}

// makeProxy is the script command "proxy FOLDER VERSION": it makes a module
// proxy of a folder, which has this repository in a version.
func makeProxy(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 || neg {
		ts.Fatalf("usage: proxy FOLDER VERSION")
	}
	repo, version := ts.Getenv("REPO"), args[1]
	dir := filepath.Join(ts.MkAbs(args[0]), filepath.FromSlash(modulePath), "@v")
	ts.Check(os.MkdirAll(dir, 0o777))
	mod, err := os.ReadFile(filepath.Join(repo, "go.mod"))
	ts.Check(err)
	var zipped bytes.Buffer
	ts.Check(zip.CreateFromDir(&zipped, module.Version{Path: modulePath, Version: version}, repo))
	for name, data := range map[string][]byte{
		"list": []byte(version + "\n"), version + ".mod": mod, version + ".zip": zipped.Bytes(),
		version + ".info": []byte(`{"Version":"` + version + `","Time":"2026-01-02T03:04:05Z"}`),
	} {
		ts.Check(os.WriteFile(filepath.Join(dir, name), data, 0o666))
	}
}

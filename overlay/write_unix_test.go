//go:build unix

package overlay

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestWriteKeepsMode: a file keeps its mode and owner, and a new one gets those
// that the user's files get.
func TestWriteKeepsMode(t *testing.T) {
	old := syscall.Umask(0o027)
	defer syscall.Umask(old)
	path := folder(t, map[string]string{"a.go": "a", "b.go": "b"})
	for name, mode := range map[string]os.FileMode{"a.go": 0o755, "b.go": 0o606} {
		if err := os.Chmod(path(name), mode); err != nil {
			t.Fatal(err)
		}
	}
	root := os.Getuid() == 0
	if root {
		if err := os.Chown(path("a.go"), 1234, 5678); err != nil {
			t.Fatal(err)
		}
	}
	err := Write([]Change{
		{path("a.go"), []byte("a"), []byte("A")},
		{path("b.go"), []byte("b"), []byte("B")},
		{path("c.go"), nil, []byte("C")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{"a.go": 0o755, "b.go": 0o606, "c.go": 0o640} {
		info, err := os.Stat(path(name))
		if err != nil || info.Mode() != mode {
			t.Errorf("%s has mode %v, %v; want %v", name, info.Mode(), err, mode)
		}
		if o := ownerOf(info); name == "a.go" && root && (o != owner{1234, 5678}) {
			t.Errorf("the owner is %v", o)
		}
	}
}

// TestWriteRefusesMode: a mode that has changed since is no less of a change.
func TestWriteRefusesMode(t *testing.T) {
	path := folder(t, map[string]string{"a.go": "a"})
	targets, err := targetsOf([]Change{{path("a.go"), []byte("a"), []byte("A")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path("a.go"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeAll(targets); err == nil {
		t.Error("a file whose mode has changed was written")
	}
	wantFile(t, path("a.go"), "a")
	wantNames(t, path(""), "a.go")
}

// TestWriteReadOnly: a file that the user may not write to is not replaced, as
// he might do in its folder, and nothing else is written.
func TestWriteReadOnly(t *testing.T) {
	path := folder(t, map[string]string{"a.go": "a", "b.go": "b"})
	if err := os.Chmod(path("b.go"), 0o444); err != nil {
		t.Fatal(err)
	}
	if f, err := os.OpenFile(path("b.go"), os.O_WRONLY, 0); err == nil {
		f.Close()
		t.Skip("this user may write to any file")
	}
	if err := Write([]Change{{path("a.go"), []byte("a"), []byte("A")}, {path("b.go"), []byte("b"), []byte("B")}}); err == nil {
		t.Error("a file that is read-only was replaced")
	}
	wantFile(t, path("a.go"), "a")
	wantFile(t, path("b.go"), "b")
}

// TestWriteSymlink: what a link leads to is written, once, and the link stays.
func TestWriteSymlink(t *testing.T) {
	path := folder(t, map[string]string{"real.txt": "r"})
	if err := os.Mkdir(path("pkg"), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"pkg/a.go": "../real.txt", "pkg/b.go": "a.go", "pkg/loose.go": "../none"} {
		if err := os.Symlink(to, path(name)); err != nil {
			t.Fatal(err)
		}
	}
	err := Write([]Change{
		{path("pkg/a.go"), []byte("r"), []byte("R")},
		{path("pkg/b.go"), []byte("r"), []byte("R")},
	})
	if err != nil {
		t.Fatal(err)
	}
	wantFile(t, path("real.txt"), "R")
	wantNames(t, path(""), "pkg", "real.txt")
	wantNames(t, path("pkg"), "a.go", "b.go", "loose.go")
	if to, err := os.Readlink(path("pkg/a.go")); to != filepath.FromSlash("../real.txt") {
		t.Errorf("the link leads to %q, %v", to, err)
	}
	err = Write([]Change{
		{path("pkg/a.go"), []byte("R"), []byte("1")},
		{path("pkg/b.go"), []byte("R"), []byte("2")},
	})
	if err == nil {
		t.Error("one file was made two things")
	}
	if err := Write([]Change{{path("pkg/loose.go"), nil, []byte("new")}}); err == nil {
		t.Error("a link was replaced by a file")
	}
	wantFile(t, path("real.txt"), "R")
}

package overlay

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// folder makes a folder of files and returns a function that names them.
func folder(t *testing.T, files map[string]string) func(name string) string {
	t.Helper()
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range files {
		if err := os.WriteFile(path(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// wantFile looks at a file's content; "" stands for none.
func wantFile(t *testing.T, path, want string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if string(data) != want || (err != nil) != (want == "") {
		t.Errorf("%s holds %q, %v; want %q", filepath.Base(path), data, err, want)
	}
}

// wantNames looks at the names in a folder.
func wantNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, e := range entries {
		have = append(have, e.Name())
	}
	if !slices.Equal(have, want) {
		t.Errorf("%s holds %v, want %v", dir, have, want)
	}
}

func TestWrite(t *testing.T) {
	path := folder(t, map[string]string{"a.go": "a", "gone.go": "g", "same.go": "s"})
	err := Write([]Change{
		{path("a.go"), []byte("a"), []byte("A")},
		{path("empty.go"), nil, []byte{}},
		{path("gone.go"), []byte("g"), nil},
		{path("new.go"), nil, []byte("n")},
		{path("same.go"), []byte("s"), []byte("s")},
	})
	if err != nil {
		t.Fatal(err)
	}
	wantNames(t, path(""), "a.go", "empty.go", "new.go", "same.go")
	wantFile(t, path("a.go"), "A")
	wantFile(t, path("new.go"), "n")
}

// TestWriteRefuses: what has changed since it was read is left alone, and
// everything else with it.
func TestWriteRefuses(t *testing.T) {
	for name, c := range map[string]struct{ old, new []byte }{
		"edited.go":    {[]byte("before"), []byte("new")},
		"edited_rm.go": {[]byte("before"), nil},
		"there.go":     {nil, []byte("new")},
		"gone.go":      {[]byte("before"), []byte("new")},
		"gone_rm.go":   {[]byte("before"), nil},
	} {
		path := folder(t, map[string]string{"a.go": "a", "z.go": "z", "edited.go": "now", "edited_rm.go": "now", "there.go": "now"})
		err := Write([]Change{
			{path("a.go"), []byte("a"), []byte("A")},
			{path(name), c.old, c.new},
			{path("z.go"), []byte("z"), []byte("Z")},
		})
		want := path(name) + " has changed since it was read: run this again; nothing has been written"
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v; want %s", name, err, want)
		}
		wantNames(t, path(""), "a.go", "edited.go", "edited_rm.go", "there.go", "z.go")
		wantFile(t, path("a.go"), "a")
		wantFile(t, path("edited.go"), "now")
		wantFile(t, path("there.go"), "now")
		wantFile(t, path("z.go"), "z")
	}
}

// TestWriteOrder: what is written refers to what is there, one package after
// another.
func TestWriteOrder(t *testing.T) {
	path := folder(t, nil)
	if err := os.Mkdir(path("sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	var list []Change
	for i, name := range []string{"a.go", "ddinstrument_sites.go", "ddinstrument_sites2_test.go", "ddinstrument_sitesx.go",
		"sub/ddinstrument_sites.go", "sub/ddinstrument_sites_x_test.go", "sub/s.go", "z.go"} {
		c := Change{path(name), nil, []byte("new")}
		if i == 4 {
			c.Old, c.New = []byte("old"), nil
			if err := os.WriteFile(c.Path, c.Old, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		list = append(list, c)
	}
	targets, err := targetsOf(list)
	if err != nil {
		t.Fatal(err)
	}
	inOrder(targets)
	var have []string
	for _, c := range targets {
		rel, _ := filepath.Rel(path(""), c.Path)
		have = append(have, filepath.ToSlash(rel))
	}
	want := []string{"ddinstrument_sites.go", "ddinstrument_sites2_test.go", "a.go", "ddinstrument_sitesx.go", "z.go",
		"sub/ddinstrument_sites_x_test.go", "sub/s.go", "sub/ddinstrument_sites.go"}
	if !slices.Equal(have, want) {
		t.Errorf("the order is %v, want %v", have, want)
	}
}

// TestWriteMeanwhile: a file that changes while others are written is left
// alone, and it is said which are written.
func TestWriteMeanwhile(t *testing.T) {
	path := folder(t, map[string]string{"a.go": "a", "b.go": "b", "c.go": "c"})
	targets, err := targetsOf([]Change{
		{path("a.go"), []byte("a"), []byte("A")},
		{path("b.go"), []byte("b"), []byte("B")},
		{path("c.go"), []byte("c"), nil},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path("b.go"), []byte("now"), 0o644); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%s has changed since it was read: run this again; these files have been written:\n\t%s\nand these have not:\n\t%s\n\t%s",
		path("b.go"), path("a.go"), path("b.go"), path("c.go"))
	if err := writeAll(targets); err == nil || err.Error() != want {
		t.Errorf("%v\nwant: %s", err, want)
	}
	wantNames(t, path(""), "a.go", "b.go", "c.go")
	wantFile(t, path("a.go"), "A")
	wantFile(t, path("b.go"), "now")
	wantFile(t, path("c.go"), "c")
}

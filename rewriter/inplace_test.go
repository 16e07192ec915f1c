package rewriter_test

import (
	"bytes"
	"flag"
	"go/format"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ddinstrument/ddinstrument/directives"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

var update = flag.Bool("update", false, "write what comes of the files in testdata; read it, then")

// TestInPlace renders in.go of each file in testdata/inplace and compares it
// with out.go. Strip must give in.go back, and of edited.go, which is out.go
// after a person has been over it, stripped.go.
func TestInPlace(t *testing.T) {
	paths, err := filepath.Glob("testdata/inplace/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no files", err)
	}
	std := newStd()
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) { inPlace(t, std, path) })
	}
}

func inPlace(t *testing.T, std *std, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*txtar.File{}
	for i := range archive.Files {
		files[archive.Files[i].Name] = &archive.Files[i]
	}
	in := files["in.go"].Data
	got := rendered(t, std, in)
	same := func(name string, got []byte) {
		t.Helper()
		if *update {
			files[name].Data = got
		}
		if d := diff.Diff(name, files[name].Data, "got", got); d != nil {
			t.Errorf("%s", d)
		}
	}
	same("out.go", got)
	back := stripped(t, got)
	if d := diff.Diff("in.go", in, "got", back.Src); d != nil || len(back.Edited) > 0 {
		t.Errorf("strip does not give it back: %v\n%s", back.Edited, d)
	}
	if edited := files["edited.go"]; edited != nil {
		back := stripped(t, edited.Data)
		same("stripped.go", back.Src)
		said := ""
		for _, pos := range back.Edited {
			said += pos.String() + "\n"
		}
		same("edited", []byte(said))
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// rendered is a file with its directives in place.
func rendered(t *testing.T, std *std, src []byte) []byte {
	t.Helper()
	c := newChecked(std)
	if !c.parse("a.go", src) {
		t.Fatal(c.err)
	}
	if c.check(); c.err != nil {
		t.Fatal(c.err)
	}
	pkg := c.pkg()
	pkg.Rules = nil
	plan, found := rewriter.Make(pkg)
	if directives.Wrong(found) {
		t.Fatal(found)
	}
	return plan.InPlace(plan.Files[0])
}

func stripped(t *testing.T, src []byte) rewriter.Stripped {
	t.Helper()
	back, err := rewriter.Strip(rewriter.Rewritten{Path: "a.go", Src: src, Ends: []string{"ddexit"}})
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	return back
}

// FuzzInPlace traces every function of a file in place: Strip gives it back, and
// gofmt has nothing to change where it had not before.
func FuzzInPlace(f *testing.F) {
	for _, src := range seeds(f) {
		f.Add(src)
	}
	std := newStd()
	f.Fuzz(func(t *testing.T, src []byte) {
		src, _ = rewriter.Plain(src)
		c := newChecked(std)
		if !c.parse("a.go", src) {
			return
		}
		c.check()
		plan, found := rewriter.Make(c.pkg())
		if directives.Wrong(found) {
			return
		}
		for _, fp := range plan.Files {
			out := plan.InPlace(fp)
			if back := stripped(t, out); !bytes.Equal(back.Src, src) || len(back.Edited) > 0 {
				t.Fatalf("strip does not give it back: %v\n%s\n%s", back.Edited, diff.Diff("was", src, "is", back.Src), out)
			}
			tidy, err := format.Source(src)
			inline := bytes.Contains(out, []byte("/*dd:gen "))
			if out, outErr := format.Source(out); !inline && err == nil && bytes.Equal(tidy, src) && (outErr != nil || !bytes.Equal(out, plan.InPlace(fp))) {
				t.Fatalf("gofmt would change it (%v)\n%s", outErr, out)
			}
		}
	})
}

// FuzzStrip strips any file.
func FuzzStrip(f *testing.F) {
	paths, _ := filepath.Glob("testdata/inplace/*.txtar")
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, stay := range []bool{false, true} {
			out, err := rewriter.Strip(rewriter.Rewritten{Path: "a.go", Src: src, Ends: []string{"ddexit"}, Stay: stay})
			if err == nil && !out.Found && !bytes.Equal(out.Src, src) {
				t.Fatalf("nothing was found, and yet it is\n%s", out.Src)
			}
			if stay && out.Found && bytes.Count(out.Src, []byte("\n")) != bytes.Count(src, []byte("\n")) {
				t.Fatalf("the lines do not stay\n%s", out.Src)
			}
		}
	})
}

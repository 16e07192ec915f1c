// Roundtrip has every function of code that is not ours traced in place, and
// looks at each file that this changes: it type-checks, gofmt leaves it alone,
// its tokens are those of the build, doing it again changes nothing, and Strip
// gives the bytes back. It writes no file. With -statements every statement is
// traced, too; -crlf, -bom and -untidy first make the files such.
//
//	go run ./internal/roundtrip [-C dir] [packages | module@version ... | modules | std]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ddinstrument/ddinstrument/internal/corpus"
)

func main() {
	r := run{out: os.Stdout}
	dir := flag.String("C", ".", "the `folder` of the module")
	flag.BoolVar(&r.statements, "statements", false, "trace every statement, too")
	flag.BoolVar(&r.change.returns, "crlf", false, "have the lines of all files end in CR LF")
	flag.BoolVar(&r.change.mark, "bom", false, "have all files begin with a byte order mark")
	flag.BoolVar(&r.change.untidy, "untidy", false, "have no file as gofmt would have it")
	flag.Parse()
	if err := r.all(context.Background(), *dir, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "roundtrip:", err)
		os.Exit(2)
	}
	if r.failed > 0 {
		os.Exit(1)
	}
}

// A run is what came of all files.
type run struct {
	out        io.Writer
	statements bool
	change     change
	failed     int // files that are not as they should be

	count
}

// A count is of one module, or of the standard library.
type count struct {
	files     int // that change
	functions int // traced in them, statements too
	inline    int // files whose lines stay
	failures  []string
}

// change is what is done to files before.
type change struct{ returns, mark, untidy bool }

// all takes packages in a folder, or whole modules.
func (r *run) all(ctx context.Context, dir string, names []string) error {
	if len(names) == 1 && names[0] == "modules" {
		names = corpus.Modules
	}
	if len(names) == 0 || !strings.Contains(names[0], "@") {
		return r.one(ctx, strings.Join(names, " "), dir, names)
	}
	tmp, err := os.MkdirTemp("", "ddinstrument-roundtrip-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	for i, name := range names {
		dir := filepath.Join(tmp, fmt.Sprint(i))
		if err := errors.Join(corpus.Copy(name, dir), corpus.RequireRuntime(dir, dir+"-runtime")); err != nil {
			return err
		}
		if err := r.one(ctx, name, dir, []string{"./..."}); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) one(ctx context.Context, name, dir string, patterns []string) error {
	r.count = count{}
	if err := r.packages(ctx, dir, patterns); err != nil {
		return err
	}
	slices.Sort(r.failures)
	for _, f := range r.failures {
		fmt.Fprintln(r.out, f)
	}
	fmt.Fprintf(r.out, "%s: %d files change, %d of them on the user's own lines; %d functions and statements; %d identical after strip\n",
		name, r.files, r.inline, r.functions, r.files-len(r.failures))
	r.failed += len(r.failures)
	return nil
}

func (r *run) fail(path, format string, args ...any) {
	r.failures = append(r.failures, path+": "+fmt.Sprintf(format, args...))
}

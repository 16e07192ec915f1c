// Roundtrip has every function of code that is not ours traced in place, and
// looks at each file that this changes: it type-checks, gofmt leaves it alone,
// its tokens are those of the build, doing it again changes nothing, and Strip
// gives the bytes back. It writes no file. With -statements every statement is
// traced, too; with -crlf and -bom the files are first made such.
//
//	go run ./internal/roundtrip [-C dir] [-std] [packages]
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
)

func main() {
	var r run
	flag.StringVar(&r.dir, "C", ".", "the `folder` of the module")
	flag.BoolVar(&r.std, "std", false, "the packages are those of the standard library")
	flag.BoolVar(&r.statements, "statements", false, "trace every statement, too")
	flag.BoolVar(&r.change.returns, "crlf", false, "have the lines of all files end in CR LF")
	flag.BoolVar(&r.change.mark, "bom", false, "have all files begin with a byte order mark")
	flag.BoolVar(&r.change.untidy, "untidy", false, "have no file as gofmt would have it")
	flag.Parse()
	if err := r.packages(context.Background(), flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "roundtrip:", err)
		os.Exit(2)
	}
	r.print(os.Stdout)
	if len(r.failures) > 0 {
		os.Exit(1)
	}
}

// A run is what came of all files.
type run struct {
	dir        string
	std        bool
	statements bool
	change     change

	files, functions, inline int // files that change, functions traced in them, and files whose lines stay
	failures                 []string
}

// change is what is done to files before.
type change struct{ returns, mark, untidy bool }

func (r *run) print(out io.Writer) {
	slices.Sort(r.failures)
	for _, f := range r.failures {
		fmt.Fprintln(out, f)
	}
	fmt.Fprintf(out, "%d files, %d of them on the user's own lines; %d functions and statements; %d files that are not as they should be\n",
		r.files, r.inline, r.functions, len(r.failures))
}

func (r *run) fail(path, format string, args ...any) {
	r.failures = append(r.failures, path+": "+fmt.Sprintf(format, args...))
}

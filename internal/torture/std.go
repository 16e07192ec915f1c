package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ddinstrument/ddinstrument/overlay"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

// std is what the names of suites of the standard library begin with. What
// follows is the first element of its packages' paths. Alone it is all of them.
const std = "std/"

// expand puts the suites of the standard library in the place of std, and those
// of libraries in the place of libs.
func expand(names []string) ([]string, error) {
	var list []string
	for _, name := range names {
		if name+"/" == libs {
			for _, library := range libraries {
				list = append(list, libs+library)
			}
			continue
		}
		if name+"/" != std {
			list = append(list, name)
			continue
		}
		packages, err := stdPackages("")
		if err != nil {
			return nil, err
		}
		for _, path := range packages {
			first, _, _ := strings.Cut(path, "/")
			list = append(list, std+first)
		}
	}
	return slices.Compact(list), nil
}

// stdSuite is a part of the standard library, in which every function is
// traced, those of tests too.
func (s *suite) stdSuite(first string) (err error) {
	if err := os.Mkdir(s.dir, 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.dir, "go.mod"), []byte("module example.com/std\n\ngo 1.26\n"), 0o666); err != nil {
		return err
	}
	s.rules = []string{"--trace", first + "/..."}
	s.packages, err = stdPackages(first)
	return err
}

// stdPackages lists the packages of the standard library that have tests and
// that the tracer is not made from, below a first element or all.
func stdPackages(first string) ([]string, error) {
	tracer, err := goList("-deps", rewriter.Runtime)
	if err != nil {
		return nil, err
	}
	tested, err := goList("-f", "{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}", "std")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(tested, func(path string) bool {
		return slices.Contains(tracer, path) || overlay.BeneathGo(path) || first != "" && !strings.HasPrefix(path+"/", first+"/")
	}), nil
}

func goList(args ...string) ([]string, error) {
	out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", strings.Join(args, " "), err)
	}
	return strings.Fields(string(out)), nil
}

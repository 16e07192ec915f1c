package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ddinstrument/ddinstrument/internal/corpus"
)

// inPlace has the spans put into the sources, runs the tests by plain go, and
// has the spans taken out again. It returns the tests that pass.
func (s *suite) inPlace() (map[string]bool, error) {
	files, err := s.sources()
	if err != nil {
		return nil, err
	}
	if err := s.command(s.tool, slices.Concat([]string{"rewrite", "-w"}, s.rules, s.packages)...); err != nil {
		return nil, err
	}
	if err := s.command(s.tool, slices.Concat([]string{"rewrite", "-l"}, s.rules, s.packages)...); err != nil {
		return nil, fmt.Errorf("rewritten again it changes: %w", err)
	}
	if err := corpus.RequireRuntime(s.dir, s.dir+"-runtime"); err != nil {
		return nil, err
	}
	passing, err := s.tests("go")
	if err != nil {
		return nil, err
	}
	if err := s.command(s.tool, slices.Concat([]string{"strip", "-w"}, s.packages)...); err != nil {
		return nil, err
	}
	now, err := s.sources()
	if err != nil {
		return nil, err
	}
	for path := range now {
		if !bytes.Equal(now[path], files[path]) {
			return nil, fmt.Errorf("strip does not give %s back", path)
		}
	}
	if len(now) != len(files) {
		return nil, fmt.Errorf("of %d files there are %d after strip", len(files), len(now))
	}
	return passing, nil
}

// sources are the Go files of a suite.
func (s *suite) sources() (map[string][]byte, error) {
	files := map[string][]byte{}
	return files, filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		files[path], err = os.ReadFile(path)
		return err
	})
}

func (s *suite) command(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = s.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	return nil
}

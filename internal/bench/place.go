package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/ddinstrument/ddinstrument/internal/corpus"
)

// tree is what rewrite and gofmt are run over.
const tree = "github.com/dop251/goja@v0.0.0-20250630131328-58d95d85e994"

// places measures rewrite and strip beside gofmt -l, over the same tree, in
// turns. All that they need of the go command's cache is there before.
func places(tmp, tool string, runs int) error {
	dir := filepath.Join(tmp, "tree")
	if err := corpus.Copy(tree, dir); err != nil {
		return err
	}
	fmt.Printf("\n%-34s %12s %12s %8s %10s\n", "in place", "gofmt -l", "ddinstrument", "ratio", "CPU ratio")
	list := []struct {
		name, before string
		cmd          []string
	}{
		{"rewrite -l, no directives", "", []string{"rewrite", "-l", "./..."}},
		{"rewrite -l, every function", "", []string{"rewrite", "-l", "--all", "./..."}},
		{"rewrite -l, all of them in place", "rewrite", []string{"rewrite", "-l", "--all", "./..."}},
		{"strip -l, all of them in place", "", []string{"strip", "-l", "./..."}},
	}
	for _, l := range list {
		if l.before != "" {
			if _, err := timed(dir, tool, l.before, "-w", "--all", "./..."); err != nil {
				return err
			}
		}
		var gofmt, ours []cost
		for i := range runs + 1 {
			g, err := timed(dir, "gofmt", "-l", ".")
			if err != nil {
				return err
			}
			o, err := timed(dir, tool, l.cmd...)
			if err != nil {
				return err
			}
			if i > 0 { // the first finds the caches empty
				gofmt, ours = append(gofmt, g), append(ours, o)
			}
		}
		report(l.name, gofmt, ours)
	}
	return nil
}

// timed runs a command. That it has something to say is no error.
func timed(dir, name string, args ...string) (cost, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DDINSTRUMENT_CACHE="+dir+"-cache")
	start := time.Now()
	out, err := cmd.CombinedOutput()
	c := cost{wall: time.Since(start)}
	if failed := new(exec.ExitError); err != nil && !(errors.As(err, &failed) && failed.ExitCode() == 1) {
		return c, fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return c, nil
}

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// libraries is the program that uses every library that ddinstrument knows.
var libraries = project{
	prepare: prepareLibs,
	pkg:     "./app",
	flags:   []string{"--libs"},
	edits:   []edit{{"one file changed", "app/main.go"}},
}

// prepareLibs makes a copy of the program in dir. Its go.mod stays as it is, but for where ddinstrument is.
func prepareLibs(dir string) (string, error) {
	from := filepath.Join("test", "libs", "all")
	if err := os.CopyFS(filepath.Join(dir, "app"), os.DirFS(filepath.Join(from, "app"))); err != nil {
		return "", err
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			return "", err
		}
	}
	root, err := os.Getwd()
	if err != nil {
		return "", err
	}
	edit := exec.Command("go", "mod", "edit", "-replace=github.com/ddinstrument/ddinstrument="+root)
	edit.Dir = dir
	if out, err := edit.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	list := exec.Command("go", "list", "-deps", "./app")
	list.Dir = dir
	out, err := list.Output()
	if err != nil {
		return "", fmt.Errorf("listing packages: %w", err)
	}
	return fmt.Sprintf("%d packages", bytes.Count(out, []byte("\n"))), nil
}

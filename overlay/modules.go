package overlay

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/ddinstrument/ddinstrument/rewriter"
)

// A moduleSetup makes the runtime importable from the user's modules, without
// the network and without a change on disk, by what the overlay says of go.mod
// and go.work.
type moduleSetup struct {
	env    goEnv
	cmd    *Command
	read   func(path string) ([]byte, error) // through the user's overlay
	unpack func(goVersion string) (dir string, err error)

	libs []replacement // modules of libraries that are changed

	files map[string][]byte // contents by the path they are seen at
	flags []string          // what the go command must be told
	drop  []string          // the user's flags that they replace
	input []string          // the files that this was made from
	mains []mainModule      // what is built: a module, or those of a workspace
}

// A mainModule is a module that the user works on.
type mainModule struct{ path, dir string }

// noModFile is what the go command gives as GOMOD outside a module.
var noModFile = os.DevNull

func (s *moduleSetup) run() error {
	s.files, s.flags, s.drop, s.input, s.mains = map[string][]byte{}, nil, nil, nil, nil
	work := s.env.GOWORK
	if work == "off" {
		work = ""
	}
	var err error
	switch {
	case work != "":
		err = s.workspace(work)
	case s.env.GOMOD == "":
		err = errors.New("GO111MODULE=off is not supported: ddinstrument needs modules")
	case s.env.GOMOD == noModFile:
		err = s.loose()
	default:
		err = s.module()
	}
	return err
}

// module sets up a single module.
func (s *moduleSetup) module() error {
	path := s.env.GOMOD
	if alt, ok := s.flag("modfile"); ok {
		path = abs(s.env.dir, alt)
	}
	f, err := s.modFile(path, filepath.Dir(s.env.GOMOD))
	if err != nil {
		return err
	}
	if s.hasRuntime() {
		return nil
	}
	vendored, err := s.vendored(filepath.Dir(s.env.GOMOD), compareGo(goLine(f), "1.14") >= 0, nil)
	if err != nil {
		return err
	}
	dir, err := s.unpack(goLine(f))
	if err != nil {
		return err
	}
	replaced := append(vendored, replacement{rewriter.Module, "v0.0.0", dir})
	requireAll(f, replaced)
	if err := replaceAll(f, append(replaced, s.libs...)); err != nil {
		return err
	}
	return s.add(path, f.Format)
}

// workspace sets up the modules of a go.work.
func (s *moduleSetup) workspace(path string) error {
	data, err := s.readInput(path)
	if err != nil {
		return err
	}
	w, err := modfile.ParseWork(path, data, nil)
	if err != nil {
		return nil // the go command says it
	}
	oldest := ""
	if w.Go != nil {
		oldest = w.Go.Version
	}
	mods := map[string]*modfile.File{}
	for _, use := range w.Use {
		dir := abs(filepath.Dir(path), filepath.FromSlash(use.Path))
		name := filepath.Join(dir, "go.mod")
		f, err := s.modFile(name, dir)
		if err != nil {
			return err
		}
		if v := goLine(f); oldest == "" || compareGo(v, oldest) < 0 {
			oldest = v
		}
		mods[name] = f
	}
	if s.hasRuntime() {
		return nil
	}
	vendored, err := s.vendored(filepath.Dir(path), w.Go != nil && compareGo(w.Go.Version, "1.22") >= 0, mods)
	if err != nil {
		return err
	}
	dir, err := s.unpack(oldest)
	if err != nil {
		return err
	}
	dropEachOther(mods)
	replaced := append(vendored, replacement{rewriter.Module, "v0.0.0", dir})
	for name, f := range mods {
		requireAll(f, replaced)
		for _, r := range append(replaced, s.libs...) {
			dropReplace(f.Replace, r.path, f.DropReplace)
		}
		if err := s.add(name, f.Format); err != nil {
			return err
		}
	}
	for _, r := range append(replaced, s.libs...) {
		dropReplace(w.Replace, r.path, w.DropReplace)
		if err := w.AddReplace(r.path, "", r.dir, ""); err != nil {
			return err
		}
	}
	w.Cleanup()
	return s.add(path, func() ([]byte, error) { return modfile.Format(w.Syntax), nil })
}

// dropEachOther drops what the modules of a workspace require of each other, if they require nothing else: then plain go
// never asks for those versions, which may exist nowhere, but with the runtime to be found it would.
func dropEachOther(mods map[string]*modfile.File) {
	own := map[string]bool{}
	for _, f := range mods {
		if f.Module != nil {
			own[f.Module.Mod.Path] = true
		}
	}
	for _, f := range mods {
		if slices.ContainsFunc(f.Require, func(r *modfile.Require) bool { return !own[r.Mod.Path] }) {
			return
		}
	}
	for _, f := range mods {
		for _, r := range slices.Clone(f.Require) {
			f.DropRequire(r.Mod.Path)
		}
		f.Cleanup()
	}
}

// loose sets up files outside any module: they get one that exists only in the
// overlay.
func (s *moduleSetup) loose() error {
	if !s.cmd.NamesFiles() {
		return nil // the go command says that there is no module
	}
	dir, err := s.unpack(s.env.language())
	if err != nil {
		return err
	}
	f := &modfile.File{}
	r := []replacement{{rewriter.Module, "v0.0.0", dir}}
	if err := errors.Join(f.AddModuleStmt("command-line-arguments.localhost/main"), f.AddGoStmt(s.env.language())); err != nil {
		return err
	}
	requireAll(f, r)
	if err := replaceAll(f, r); err != nil {
		return err
	}
	return s.add(filepath.Join(s.env.dir, "go.mod"), f.Format)
}

func (s *moduleSetup) add(path string, format func() ([]byte, error)) error {
	data, err := format()
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	s.files[path] = data
	return nil
}

func (s *moduleSetup) readInput(path string) ([]byte, error) {
	s.input = append(s.input, path)
	return s.read(path)
}

// modFile reads the go.mod of the main module in a folder.
func (s *moduleSetup) modFile(path, dir string) (*modfile.File, error) {
	data, err := s.readInput(path)
	if err != nil {
		return nil, err
	}
	f, err := modfile.Parse(path, data, nil)
	if err == nil && f.Module != nil {
		s.mains = append(s.mains, mainModule{f.Module.Mod.Path, dir})
	}
	return f, err
}

// hasRuntime reports whether ddinstrument itself is built: it has the runtime.
func (s *moduleSetup) hasRuntime() bool {
	return slices.ContainsFunc(s.mains, func(m mainModule) bool { return m.path == rewriter.Module })
}

// flag returns a flag of the command line or of GOFLAGS.
func (s *moduleSetup) flag(name string) (string, bool) {
	if v, ok := s.cmd.Flag(name); ok {
		return v, true
	}
	return lastFlag(s.env.flags(), name)
}

// A replacement puts a folder in a module's place.
type replacement struct{ path, version, dir string }

func requireAll(f *modfile.File, list []replacement) {
	for _, r := range list {
		has := slices.ContainsFunc(f.Require, func(q *modfile.Require) bool { return q.Mod.Path == r.path })
		if !has {
			f.AddNewRequire(r.path, r.version, false)
		}
	}
}

func replaceAll(f *modfile.File, list []replacement) error {
	for _, r := range list {
		dropReplace(f.Replace, r.path, f.DropReplace)
		if err := f.AddReplace(r.path, "", r.dir, ""); err != nil {
			return err
		}
	}
	f.Cleanup()
	return nil
}

func dropReplace(list []*modfile.Replace, path string, drop func(path, version string) error) {
	for _, old := range slices.Clone(list) {
		if old.Old.Path == path {
			drop(old.Old.Path, old.Old.Version)
		}
	}
}

// goLine is the language version of a module: 1.16 without a go line.
func goLine(f *modfile.File) string {
	if f.Go == nil {
		return "1.16"
	}
	return f.Go.Version
}

// compareGo compares two Go versions such as 1.9 and 1.21.3.
func compareGo(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		if c := cmp.Compare(number(as, i), number(bs, i)); c != 0 {
			return c
		}
	}
	return 0
}

// number is a part of a version; "25rc1" counts as 25.
func number(parts []string, i int) int {
	n := 0
	if i < len(parts) {
		fmt.Sscanf(parts[i], "%d", &n)
	}
	return n
}

package overlay

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Write makes the changes. Before the first byte is written every file must be
// what its change says that it was, and once more right before it is replaced.
//
// A file is replaced by a rename: whoever reads it, and whoever ends this
// process, finds what it was or what it is to be, and at most a temporary file
// .NAME.ddinstrument-NUMBER beside it, which the go command passes over. What a
// symbolic link leads to is replaced, not the link. Other hard links to a file
// keep what it was.
func Write(list []Change) error {
	targets, err := targetsOf(list)
	if err != nil {
		return fmt.Errorf("%w; nothing has been written", err)
	}
	inOrder(targets)
	return writeAll(targets)
}

// inOrder sorts targets by folder, so that one package at most is ever half
// written, and in a folder so that what is written refers to what is there.
func inOrder(targets []*target) {
	slices.SortStableFunc(targets, func(a, b *target) int {
		if c := strings.Compare(filepath.Dir(a.Path), filepath.Dir(b.Path)); c != 0 {
			return c
		}
		return a.turn() - b.turn()
	})
}

func writeAll(targets []*target) error {
	for _, t := range targets {
		if err := t.write(); err != nil {
			return fmt.Errorf("%w; %s", err, progress(targets))
		}
	}
	return nil
}

// progress says which files have been written, and which have not.
func progress(targets []*target) string {
	var done, left strings.Builder
	for _, t := range targets {
		if t.written {
			done.WriteString("\n\t" + t.Path)
		} else {
			left.WriteString("\n\t" + t.Path)
		}
	}
	if done.Len() == 0 {
		return "nothing has been written"
	}
	return "these files have been written:" + done.String() + "\nand these have not:" + left.String()
}

// errChanged is that somebody else has written a file. To plan again is all
// that helps.
var errChanged = errors.New("has changed since it was read: run this again")

// A target is a change and the file that it is made to.
type target struct {
	Change
	file string      // Path, or what that leads to
	info fs.FileInfo // of the file when it was first looked at, nil when there was none

	written bool
}

// targetsOf finds what is to be written, and whether it can be.
func targetsOf(list []Change) ([]*target, error) {
	byFile := map[string]*target{}
	var targets []*target
	for _, c := range list {
		if (c.Old == nil) == (c.New == nil) && bytes.Equal(c.Old, c.New) {
			continue
		}
		t := &target{Change: c, file: c.Path}
		if err := t.find(); err != nil {
			return nil, err
		}
		if other := byFile[t.file]; other != nil { // by a symbolic link
			if !bytes.Equal(other.New, c.New) || (other.New == nil) != (c.New == nil) {
				return nil, fmt.Errorf("%s and %s are one file, and would become two", other.Path, c.Path)
			}
			continue
		}
		byFile[t.file] = t
		targets = append(targets, t)
	}
	return targets, nil
}

// find looks at a file for the first time: it must be what it was when it was
// read, and one that may be written to, as a rename would not ask.
func (t *target) find() (err error) {
	if t.Old != nil && t.New != nil {
		if t.file, err = filepath.EvalSymlinks(t.Path); err != nil {
			return t.gone(err)
		}
	}
	if t.info, err = t.look(); err != nil || t.info == nil {
		return err
	}
	f, err := os.OpenFile(t.file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

// gone makes of the error that a file is not there that it has
// changed.
func (t *target) gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s %w", t.Path, errChanged)
	}
	return err
}

// look returns what there is to know of the file, if it still is what it was
// when it was read.
func (t *target) look() (fs.FileInfo, error) {
	info, err := os.Lstat(t.file)
	if t.Old == nil {
		switch {
		case err == nil:
			err = fmt.Errorf("%s %w", t.Path, errChanged)
		case errors.Is(err, fs.ErrNotExist):
			err = nil
		}
		return nil, err
	}
	if err != nil {
		return nil, t.gone(err)
	}
	have, err := os.ReadFile(t.file)
	if err != nil {
		return nil, t.gone(err)
	}
	if !bytes.Equal(have, t.Old) {
		return nil, fmt.Errorf("%s %w", t.Path, errChanged)
	}
	return info, nil
}

// unchanged is look for the second time.
func (t *target) unchanged() error {
	info, err := t.look()
	if err == nil && info != nil && (info.Mode() != t.info.Mode() || ownerOf(info) != ownerOf(t.info)) {
		err = fmt.Errorf("%s %w", t.Path, errChanged)
	}
	return err
}

// turn is when a file of a folder is written: the generated files come before
// the sources, and go after them.
func (t *target) turn() int {
	switch {
	case t.New == nil:
		return 2
	case generatedName.MatchString(filepath.Base(t.Path)):
		return 0
	}
	return 1
}

// write makes the change.
func (t *target) write() error {
	replace := func() error { return os.Remove(t.file) }
	if t.New != nil {
		tmp, err := t.temporary()
		if err != nil {
			return err
		}
		defer os.Remove(tmp) // gone already when all went well
		replace = func() error { return os.Rename(tmp, t.file) }
	}
	if err := t.unchanged(); err != nil {
		return err
	}
	if err := replace(); err != nil {
		return err
	}
	t.written = true
	return syncFolder(filepath.Dir(t.file))
}

// temporary writes what the file is to be to one beside it, down to the disk,
// and returns its name.
func (t *target) temporary() (name string, err error) {
	dir, base := filepath.Split(t.file)
	mode := fs.FileMode(0o600)
	if t.info == nil {
		mode = 0o666 // as the user wants new files to be, which os.CreateTemp does not ask
	}
	var f *os.File
	for f == nil {
		name = dir + "." + base + ".ddinstrument-" + strconv.FormatUint(uint64(rand.Uint32()), 10)
		f, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	_, err = f.Write(t.New)
	if t.info != nil {
		keepOwner(f, t.info)
		err = errors.Join(err, f.Chmod(t.info.Mode().Perm()))
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		os.Remove(name)
		return "", err
	}
	return name, nil
}

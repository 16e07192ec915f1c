//go:build unix

package overlay

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// An owner is whose a file is.
type owner struct{ user, group int }

func ownerOf(info fs.FileInfo) owner {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return owner{-1, -1}
	}
	return owner{int(st.Uid), int(st.Gid)}
}

// keepOwner gives a file the owner of another, as far as that is allowed: the
// group may be when the user is not.
func keepOwner(f *os.File, of fs.FileInfo) {
	info, err := f.Stat()
	if err != nil || ownerOf(info) == ownerOf(of) {
		return
	}
	o := ownerOf(of)
	if f.Chown(o.user, o.group) != nil {
		f.Chown(-1, o.group)
	}
}

// syncFolder makes the names in a folder last, where the user may read it and
// the file system can.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

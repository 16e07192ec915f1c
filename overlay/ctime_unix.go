//go:build unix

package overlay

import (
	"io/fs"
	"reflect"
	"syscall"
)

// changeTime is when a file's inode was last changed, in nanoseconds since
// 1970. The field's name is not the same everywhere.
func changeTime(info fs.FileInfo) int64 {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	for _, name := range []string{"Ctim", "Ctimespec"} {
		if f := reflect.ValueOf(st).Elem().FieldByName(name); f.IsValid() {
			ts := f.Interface().(syscall.Timespec)
			return ts.Nano()
		}
	}
	return 0
}

//go:build go1.21 && linux

package config

import (
	"strconv"
	"strings"
	"syscall"

	"github.com/ddinstrument/ddinstrument/runtime/internal/files"
)

// Container returns what the headers Datadog-Container-ID and Datadog-Entity-ID say: the container that this
// process runs in, and "ci-" with that, or "in-" with the inode of the control group's folder. Both may be "".
func Container() (id, entity string) {
	groups := files.Read("/proc/self/cgroup", 64<<10)
	if id = containerID(groups); id != "" {
		return id, "ci-" + id
	}
	// In a control group name space of its own the process sees only "/", and the folder's inode tells it from others;
	// in the host's name space the inode is the host's root, which identifies nothing.
	for _, line := range strings.Split(groups, "\n") {
		parts := strings.SplitN(line, ":", 3)
		if len(parts) != 3 || (parts[1] != "" && parts[1] != "memory") {
			continue
		}
		var st syscall.Stat_t
		folder := "/sys/fs/cgroup/" + parts[1] + parts[2]
		if syscall.Stat(folder, &st) == nil && st.Ino > 2 && !hostGroups() {
			return "", "in-" + strconv.FormatUint(uint64(st.Ino), 10)
		}
	}
	return "", ""
}

// hostGroups tells whether the process is in the host's control group name space, whose inode number is fixed.
func hostGroups() bool {
	const hostInode = 0xEFFFFFFB // PROC_CGROUP_INIT_INO in the kernel's include/linux/proc_ns.h
	var st syscall.Stat_t
	return syscall.Stat("/proc/self/ns/cgroup", &st) == nil && st.Ino == hostInode
}

// containerID finds, in lines of the form "12:memory:/docker/ID" or ".../cri-containerd-ID.scope", the last part that
// is an id: 64 hexadecimal digits, a UUID with - or _, or 32 hexadecimal digits, - and a number (ECS on Fargate).
func containerID(groups string) string {
	for _, line := range strings.Split(groups, "\n") {
		parts := strings.SplitN(line, ":", 3)
		if len(parts) != 3 {
			continue
		}
		last := parts[2][strings.LastIndexByte(parts[2], '/')+1:]
		last = strings.TrimSuffix(last, ".scope")
		for start := 0; start < len(last); start++ {
			if start > 0 && isHex(last[start-1]) {
				continue
			}
			if rest := last[start:]; isID(rest) {
				return rest
			}
		}
	}
	return ""
}

func isID(s string) bool {
	digits := 0
	for digits < len(s) && isHex(s[digits]) {
		digits++
	}
	switch {
	case digits == 64:
		return len(s) == 64
	case digits == 32 && len(s) > 33 && s[32] == '-':
		_, err := strconv.ParseUint(s[33:], 10, 64)
		return err == nil
	case digits == 8:
		return isUUID(s)
	}
	return false
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' && s[i] != '_' {
				return false
			}
		default:
			if !isHex(s[i]) {
				return false
			}
		}
	}
	return true
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }

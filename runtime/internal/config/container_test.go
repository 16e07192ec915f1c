//go:build go1.21 && linux

package config

import (
	"strings"
	"testing"
)

func TestContainerID(t *testing.T) {
	id := strings.Repeat("0123456789abcdef", 4)
	for _, c := range []struct{ groups, want string }{
		{"13:name=systemd:/docker/" + id + "\n12:pids:/docker/" + id, id},
		{"0::/system.slice/docker-" + id + ".scope\n", id},
		{"0::/kubepods.slice/kubepods-burstable.slice/cri-containerd-" + id + ".scope", id},
		{"9:perf_event:/ecs/haissam-ecs-classic/5a0d5ceddf6c44c1928d367a815d890f/" + id, id},
		{"11:hugetlb:/ecs/55091c13-b8cf-4801-b527-f4601742204d/432624d2150b349fe35ba397284dea78-2897627456", "432624d2150b349fe35ba397284dea78-2897627456"},
		{"1:name=systemd:/34dc0b5e-626f-2c5c-4c51-70e34b10e765", "34dc0b5e-626f-2c5c-4c51-70e34b10e765"},
		{"0::/\n", ""},
		{"0::/user.slice/user-1000.slice/session-2.scope", ""},
		{"rubbish\n::\n" + id, ""},
		{"0::/" + id + "0", ""},
	} {
		if got := containerID(c.groups); got != c.want {
			t.Errorf("%q: %q, want %q", c.groups, got, c.want)
		}
	}
	Container() // whatever it finds here, it must not fail
}

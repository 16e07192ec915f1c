package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// child is this program in another role. Nothing of the surroundings' settings of tracers reaches it.
func child(role string, env []string, args ...string) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		exe = os.Args[0]
	}
	flags := []string{"-role", role, "-rounds", strconv.Itoa(*rounds), "-each", each.String()}
	cmd := exec.Command(exe, append(flags, args...)...)
	cmd.Env = append(surroundings(), env...)
	return cmd
}

// surroundings is the environment without the settings of tracers.
func surroundings() (env []string) {
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "DD_") && !strings.HasPrefix(e, "OTEL_") {
			env = append(env, e)
		}
	}
	return env
}

// ask runs a child and reads what it prints into answer. What it says besides is shown only when it fails.
func ask(answer any, role string, env []string, args ...string) error {
	cmd := child(role, env, args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s %v: %w\n%s", role, args, err, said.Bytes())
	}
	// A tracer may have printed lines of its own before.
	out = bytes.TrimSpace(out)
	return json.Unmarshal(out[bytes.LastIndexByte(out, '\n')+1:], answer)
}

func tell(answer any) error { return json.NewEncoder(os.Stdout).Encode(answer) }

// status reads a line of /proc/self/status, in KiB.
func status(name string) (int64, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for _, line := range strings.Split(string(text), "\n") {
		if f := strings.Fields(line); len(f) > 1 && f[0] == name+":" {
			return strconv.ParseInt(f[1], 10, 64)
		}
	}
	return 0, fmt.Errorf("no %s in /proc/self/status", name)
}

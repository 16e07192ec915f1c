package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ddinstrument/ddinstrument/agent"
)

// A terminal is one that a program runs in, as people have it.
type terminal struct {
	t    *testing.T
	cmd  *exec.Cmd
	ctrl *os.File
	done chan error

	mu     sync.Mutex
	screen strings.Builder // all that was written to it
}

// openTerminal makes a pseudo terminal (pty(7), ioctl_tty(2)).
func openTerminal(t *testing.T) (ctrl, tty *os.File) {
	t.Helper()
	ctrl, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(ctrl.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(ctrl.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(tty.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 110})
	}
	if err != nil {
		t.Fatal(err)
	}
	return ctrl, tty
}

// inTerminal starts ddinstrument in a terminal.
func inTerminal(t *testing.T, dir string, args ...string) *terminal {
	t.Helper()
	ctrl, tty := openTerminal(t)
	x := &terminal{t: t, ctrl: ctrl, done: make(chan error, 1)}
	x.cmd = exec.Command("ddinstrument", args...) // the scripts' PATH has this program by that name
	x.cmd.Dir = dir
	x.cmd.Env = append(os.Environ(), "TERM=xterm-256color", "DD_TRACE_AGENT_PORT=1", "DD_TRACE_AGENT_URL=", "NO_COLOR=")
	x.cmd.Stdin, x.cmd.Stdout, x.cmd.Stderr = tty, tty, tty
	x.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := x.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tty.Close()
	go func() { x.done <- x.cmd.Wait() }()
	go x.read()
	t.Cleanup(func() {
		x.cmd.Process.Kill()
		ctrl.Close()
	})
	return x
}

func (x *terminal) read() {
	b := make([]byte, 4096)
	for {
		n, err := x.ctrl.Read(b)
		x.mu.Lock()
		x.screen.Write(b[:n])
		x.mu.Unlock()
		if err != nil {
			return // the program is gone
		}
	}
}

func (x *terminal) text() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.screen.String()
}

// awaits waits for a text to be written, and forgets what was before.
func (x *terminal) awaits(text string) {
	x.t.Helper()
	for range 1500 {
		if _, after, ok := strings.Cut(x.text(), text); ok {
			x.mu.Lock()
			x.screen.Reset()
			x.screen.WriteString(after)
			x.mu.Unlock()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	x.t.Fatalf("%q is never shown, but\n%q", text, x.text())
}

func (x *terminal) types(keys string) {
	x.t.Helper()
	if _, err := io.WriteString(x.ctrl, keys); err != nil {
		x.t.Fatal(err)
	}
}

// ends waits for the program's end and returns its exit status.
func (x *terminal) ends() int {
	x.t.Helper()
	select {
	case <-x.done:
		return x.cmd.ProcessState.ExitCode()
	case <-time.After(30 * time.Second):
		x.t.Fatalf("it does not end; it shows\n%q", x.text())
		return -1
	}
}

// TestTop: agent top, in a terminal, with what an agent has read from a file.
func TestIsScreen(t *testing.T) {
	ctrl, tty := openTerminal(t)
	defer ctrl.Close()
	defer tty.Close()
	for name, want := range map[string]bool{"xterm": true, "": true, "dumb": false} {
		if got := (&app{stream: stream{in: tty, out: tty}, env: []string{"TERM=" + name}}).isScreen(); got != want {
			t.Errorf("TERM=%s: %v", name, got)
		}
	}
	if (&app{stream: stream{in: tty, out: &strings.Builder{}}}).isScreen() {
		t.Error("a file is no screen")
	}
}

func TestTop(t *testing.T) {
	dir := t.TempDir()
	var lines strings.Builder
	for i := range 20 {
		fmt.Fprintf(&lines, `{"trace_id":"%032x","spans":[{"span_id":"1","parent_id":"0","name":"http.request","service":"shop",`+
			`"resource":"GET /orders","start":%d,"duration":%d,"error":%d}]}`+"\n", i+1, time.Now().UnixNano(), i*1e6, i%2)
	}
	fmt.Fprintf(&lines, `{"trace_id":"%032x","spans":[{"span_id":"1","parent_id":"0","name":"queue.take","service":"kitchen",`+
		`"resource":"take","start":1,"duration":5000000000}]}`+"\n", 99)
	file := filepath.Join(dir, "traces.jsonl")
	if err := os.WriteFile(file, []byte(lines.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	url := startedAgent(t, dir, "--open", file)

	x := inTerminal(t, dir, "agent", "top", "--agent", url)
	x.awaits("\x1b[?1049h")
	x.awaits("2 services")
	x.awaits("RATE/S▼")
	x.awaits("GET /orders")
	x.awaits("50%")
	x.awaits("take")
	x.types("9")
	x.awaits("P95▼")
	x.awaits("take") // the slowest comes first now
	x.awaits("GET /orders")
	x.types("/kitch")
	x.awaits("/kitch█")
	x.types("\rw")
	x.awaits("all time")
	x.types("q")
	x.awaits("\x1b[?1049l")
	if code := x.ends(); code != 0 {
		t.Errorf("exit status %d", code)
	}

	// Ctrl-C ends it as well, and so does a signal.
	x = inTerminal(t, dir, "agent", "top", "--agent", url)
	x.awaits("GET /orders")
	x.types("\x03")
	x.awaits("\x1b[?1049l")
	x.ends()
	x = inTerminal(t, dir, "agent", "top", "--agent", url)
	x.awaits("GET /orders")
	x.cmd.Process.Signal(syscall.SIGTERM)
	x.awaits("\x1b[?1049l")
	x.ends()
}

// startedAgent starts ddinstrument agent, and returns where its pages are.
func startedAgent(t *testing.T, dir string, args ...string) (pages string) {
	t.Helper()
	x := inTerminal(t, dir, append([]string{"agent", "--listen", "127.0.0.1:0", "--otlp", "off", "--ui", "127.0.0.1:0"}, args...)...)
	t.Cleanup(func() {
		x.types("\x03")
		if code := x.ends(); code != 0 {
			t.Errorf("the agent's exit status is %d: %q", code, x.text())
		}
	})
	x.awaits("look at them at ")
	for !strings.Contains(x.text(), "\r\n") {
		time.Sleep(10 * time.Millisecond)
	}
	pages, _, _ = strings.Cut(x.text(), "\r\n")
	return pages
}

// TestViewWeb: run --view=web in a terminal shows the traces while the program
// runs and when it has ended, and ends as the program did.
func TestViewWeb(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/shop\n\ngo 1.24\n",
		"main.go": `package main

import (
	"fmt"
	"os"
)

//dd:trace shop.work
func work() {}

func main() {
	work()
	fmt.Println("done; go on?")
	fmt.Scanln()
	work()
	os.Exit(3)
}
`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	x := inTerminal(t, dir, "run", "--view=web", ".")
	x.awaits("look at the traces at ")
	x.awaits("done; go on?\r\n")
	x.types("\r")
	x.awaits("the program has ended; its traces are at ")
	url, _, _ := strings.Cut(x.text(), " ")
	var list agent.List
	if err := getJSON(t.Context(), http.DefaultClient, url+"/api/traces", &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Traces) != 2 || list.Traces[0].Name != "shop.work" {
		t.Errorf("the pages have %+v", list.Traces)
	}
	x.types("\x03")
	if code := x.ends(); code != 3 {
		t.Errorf("exit status %d", code)
	}
}

// TestDoctorTellsHowFarItIs: in a terminal, what takes long says what it is,
// and leaves no trace of that.
func TestDoctorTellsHowFarItIs(t *testing.T) {
	x := inTerminal(t, t.TempDir(), "doctor")
	x.awaits("WRONG   go ")
	x.awaits("\r        runtime       ... 0s")
	x.awaits("\r\x1b[Kok      runtime ")
	x.awaits("-       clock")
	if code := x.ends(); code != said {
		t.Errorf("exit status %d", code)
	}
}

package agents

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if os.Getenv(programVariable) != "" {
		shortProgram()
		return
	}
	if os.Getenv(referenceVariable) != "" {
		referenceProgram()
		return
	}
	intake := os.Getenv(intakeVariable)
	if intake == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := run(ctx, intake); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// startAgent starts an agent that sends to an intake, with further variables ("NAME=VALUE"), and returns its URL.
func startAgent(t *testing.T, in *intake, env ...string) (url string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(append(os.Environ(), intakeVariable+"="+in.URL), env...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.end = sync.OnceFunc(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		ended := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		defer ended.Stop()
		if err := cmd.Wait(); err != nil || said.Len() > 0 {
			t.Logf("the agent ends with %v, having said\n%s", err, &said)
		}
	})
	t.Cleanup(in.end)
	url, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the agent does not start: %v", err)
	}
	url = strings.TrimSpace(url)
	c, base := clientOf(url)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		answer, err := c.Get(base + "/info")
		if err == nil {
			answer.Body.Close()
			return url
		}
		if time.Now().After(end) {
			t.Fatalf("the agent does not answer: %v", err)
		}
	}
}

// clientOf returns what can ask an agent, and by what URL, as that of the agent may be a socket's.
func clientOf(url string) (c *http.Client, base string) {
	socket, ok := strings.CutPrefix(url, "unix://")
	if !ok {
		return http.DefaultClient, url
	}
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}, "http://agent"
}

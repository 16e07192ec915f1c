//go:build go1.21

package transport

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestGarbage(t *testing.T) { bothWays(t, testGarbage) }

func testGarbage(t *testing.T, _ string) {
	for _, answer := range []string{
		"", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 99999 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", 1000) + "\r\n", "HTTP/1.1 200 " + strings.Repeat("x", 1<<16),
	} {
		s, log := newSender(t, rude(t, func(c net.Conn) { readRequest(c); io.WriteString(c, answer) }))
		s.Push(1, chunk, false)
		if err := flush(s, 5*time.Second); err == nil {
			t.Errorf("%.40q is taken for an answer", answer)
		}
		if strings.Count(log.String(), "\n") != 1 {
			t.Errorf("%.40q: the log: %s", answer, log)
		}
	}
	for _, answer := range []string{ // strange and good enough
		"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nT: u\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n",
	} {
		s, log := newSender(t, rude(t, func(c net.Conn) { readRequest(c); io.WriteString(c, answer) }))
		s.Push(1, chunk, false)
		if err := flush(s, 5*time.Second); err != nil || log.Len() > 0 {
			t.Errorf("%.60q: %v, log %s", answer, err, log)
		}
	}
}

// TestAnswers has what the agent answers handed on, if it comes whole and says that all is well.
func TestAnswers(t *testing.T) { bothWays(t, testAnswers) }

func testAnswers(t *testing.T, _ string) {
	for answer, want := range map[string]string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}":                                       "{}",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{\n\r\n1\r\n}\r\n0\r\n\r\n": "{\n}",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}":                                       "none",
		"HTTP/1.1 200 OK\r\n\r\n{}":                                                            "none",
		"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}":                                "none",
		"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + strings.Repeat(" ", 2e6):        "none",
	} {
		s, _ := newSender(t, rude(t, func(c net.Conn) { readRequest(c); io.WriteString(c, answer) }))
		got := "none"
		s.options.Answer = func(body []byte) { got = string(body) }
		s.Push(1, chunk, false)
		flush(s, 5*time.Second)
		if got != want {
			t.Errorf("%.60q: %q is handed on", answer, got)
		}
	}
}

func readRequest(c net.Conn) {
	if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
		io.Copy(io.Discard, r.Body)
	}
}

func FuzzResponse(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nT: u\r\n\r\n")
	f.Add("HTTP/1.0 200\r\nContent-Length: 2\r\n\r\n{}")
	f.Fuzz(func(t *testing.T, text string) {
		var body bytes.Buffer
		answer, err := readResponse(bufio.NewReader(strings.NewReader(text)), &body)
		if err == nil && (answer.status < 200 || answer.status > 999) || body.Len() > len(text) {
			t.Errorf("status %d, %d bytes", answer.status, body.Len())
		}
	})
}

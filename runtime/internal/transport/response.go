//go:build go1.21

package transport

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

// What an answer may have; above it the connection is given up.
const (
	maxHeaders = 100     // lines, each of at most the reader's buffer (4 KiB)
	maxAnswer  = 1 << 20 // bytes of the body
)

var (
	errNotHTTP = errors.New("it does not answer in HTTP")
	errClosed  = errors.New("it closes the connection without an answer")
)

// response is what matters of an answer's head.
type response struct {
	status  int
	length  int64 // of the body; -1: not said
	chunked bool
	keep    bool   // the connection may be used again
	state   string // what the agent says by Datadog-Agent-State: another one than before if /info has changed
	after   int64  // seconds to wait before the next request; 0: not said
}

// readResponse reads one answer to its end. The answer's body is put into body; nothing, if it does not come whole or is
// too long.
func readResponse(in *bufio.Reader, body *bytes.Buffer) (response, error) {
	for {
		r, err := readHead(in)
		if err != nil {
			return response{}, err
		}
		if r.status >= 200 {
			if !r.readBody(in, body) {
				body.Reset()
				r.keep = false
			}
			return r, nil
		}
	}
}

func readHead(in *bufio.Reader) (response, error) {
	r := response{length: -1, keep: true}
	line, err := readLine(in)
	if err != nil {
		return r, err
	}
	version, rest, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(rest, " ")
	r.status, err = strconv.Atoi(code)
	if !strings.HasPrefix(version, "HTTP/1.") || err != nil || r.status < 100 || r.status > 999 {
		return r, errNotHTTP
	}
	r.keep = version != "HTTP/1.0"
	for i := 0; i < maxHeaders; i++ {
		line, err := readLine(in)
		if err != nil {
			return r, err
		}
		if line == "" {
			return r, nil
		}
		name, value, _ := strings.Cut(line, ":")
		r.header(name, strings.TrimSpace(value))
	}
	return r, errNotHTTP
}

func (r *response) header(name, value string) {
	switch strings.ToLower(name) {
	case "content-length":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 {
			r.keep = false
			return
		}
		r.length = n
	case "transfer-encoding":
		r.chunked = strings.EqualFold(value, "chunked")
		r.keep = r.keep && r.chunked
	case "connection":
		r.keep = r.keep && !strings.EqualFold(value, "close")
	case "datadog-agent-state":
		r.state = value
	case "retry-after":
		if n, err := strconv.ParseUint(value, 10, 16); err == nil {
			r.after = int64(n)
		}
	}
}

// readBody reads the body and says whether it is whole, so that the next answer can follow it.
func (r *response) readBody(in *bufio.Reader, body *bytes.Buffer) bool {
	switch {
	case r.status == 204 || r.status == 304:
		return true
	case r.chunked:
		return readChunks(in, body)
	case r.length > maxAnswer || r.length < 0:
		return false
	}
	_, err := io.CopyN(body, in, r.length)
	return err == nil
}

func readChunks(in *bufio.Reader, body *bytes.Buffer) bool {
	for total := int64(0); ; {
		line, err := readLine(in)
		if err != nil {
			return false
		}
		digits, _, _ := strings.Cut(line, ";")
		n, err := strconv.ParseUint(strings.TrimSpace(digits), 16, 31)
		if total += int64(n); err != nil || total > maxAnswer {
			return false
		}
		if n == 0 {
			break
		}
		if _, err := io.CopyN(body, in, int64(n)); err != nil {
			return false
		}
		if line, err := readLine(in); err != nil || line != "" {
			return false
		}
	}
	for i := 0; i < maxHeaders; i++ { // trailers, up to the empty line
		if line, err := readLine(in); err != nil || line == "" {
			return err == nil
		}
	}
	return false
}

// readLine returns a line without its end.
func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadSlice('\n')
	switch {
	case err == bufio.ErrBufferFull:
		return "", errNotHTTP
	case err == io.EOF && len(line) == 0:
		return "", errClosed
	case err == io.EOF:
		return "", errNotHTTP
	case err != nil:
		return "", err
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}

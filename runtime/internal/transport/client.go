//go:build go1.21

package transport

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/internal/dial"
)

const (
	requestTimeout = 5 * time.Second // dialling, writing and reading together
	onePiece       = 32 << 10        // bytes of a request that is sent in one piece
)

// client speaks HTTP/1.1 over one connection, which it keeps between requests.
type client struct {
	options Options
	conn    dial.Conn
	in      *bufio.Reader
	body    bytes.Buffer // of the last answer

	mu   sync.Mutex // guards what follows
	live dial.Conn  // conn, for interrupt
	turn int        // counts, so that an interrupt that comes late does not hit what is sent next
}

// begin starts something that may be interrupted, end ends it.
func (c *client) begin() (turn int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turn++
	return c.turn
}

func (c *client) end() { c.begin() }

// interrupt ends the request under way; it may be called from another goroutine.
func (c *client) interrupt(turn int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live != nil && c.turn == turn {
		c.live.SetDeadline(time.Unix(1, 0))
	}
}

// put sends a payload and returns the status of the answer. A kept connection that turns out to be closed is replaced
// by a fresh one, once.
func (c *client) put(p *payload, deadline time.Time) (status int, err error) {
	limit := time.Now().Add(requestTimeout)
	if !deadline.IsZero() && deadline.Before(limit) {
		limit = deadline
	}
	kept := c.conn != nil
	if status, err = c.try(p, limit); err != nil && kept && !errors.Is(err, os.ErrDeadlineExceeded) {
		status, err = c.try(p, limit)
	}
	return status, err
}

func (c *client) try(p *payload, limit time.Time) (int, error) {
	if err := c.open(limit); err != nil {
		return 0, err
	}
	status, keep, err := c.exchange(p, limit)
	if err == nil && keep { // a deadline is a timer, and while one runs Go does not see that all goroutines are asleep
		keep = c.conn.SetDeadline(time.Time{}) == nil
	}
	if err != nil || !keep {
		c.close()
	}
	return status, err
}

func (c *client) exchange(p *payload, limit time.Time) (status int, keep bool, err error) {
	if err := c.conn.SetDeadline(limit); err != nil {
		return 0, false, err
	}
	writeErr := c.write(p)
	// An agent that does not want the request may answer and close before it has read it all: the answer counts.
	c.body.Reset()
	status, keep, err = readResponse(c.in, &c.body)
	if err != nil && writeErr != nil {
		err = writeErr
	}
	return status, keep && writeErr == nil, err
}

// write sends the request; a small one in one piece, which is one packet at best.
func (c *client) write(p *payload) error {
	head, runs := c.head(p), p.runs
	if p.size <= onePiece {
		for _, run := range runs {
			head = append(head, run.data...)
		}
		runs = nil
	}
	_, err := c.conn.Write(head)
	for i := 0; err == nil && i < len(runs); i++ {
		_, err = c.conn.Write(runs[i].data)
	}
	return err
}

// head is the request's line, headers, and the five bytes that make the chunks an array.
func (c *client) head(p *payload) []byte {
	const arrayHeader = 5
	host := c.options.Agent.Address
	if c.options.Agent.Network == "unix" {
		host = "localhost"
	}
	b := make([]byte, 0, 1024)
	b = fmt.Appendf(b, "PUT %s/v0.4/traces HTTP/1.1\r\nHost: %s\r\nUser-Agent: ddinstrument\r\n"+
		"Content-Type: application/msgpack\r\nContent-Length: %d\r\nX-Datadog-Trace-Count: %d\r\n", c.options.Agent.Path, host, arrayHeader+p.size, p.count)
	for _, h := range c.options.Headers {
		b = append(append(b, h...), "\r\n"...)
	}
	b = append(b, "\r\n\xdd"...)
	return binary.BigEndian.AppendUint32(b, uint32(p.count))
}

// open makes sure that there is a connection.
func (c *client) open(limit time.Time) error {
	if c.conn != nil {
		return nil
	}
	a := c.options.Agent
	conn, err := dial.Dial(a.Network, a.Address, a.TLS, limit)
	if err != nil {
		return err
	}
	c.conn = conn
	c.in = bufio.NewReader(conn)
	c.mu.Lock()
	c.live = conn
	c.mu.Unlock()
	return nil
}

func (c *client) close() {
	if c.conn == nil {
		return
	}
	c.mu.Lock()
	c.live = nil
	c.mu.Unlock()
	c.conn.Close()
	c.conn, c.in = nil, nil
}

// reason says in a few words, which are always the same ones for the same cause, why a request failed.
func reason(err error) string {
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "no answer in time"
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) { // the innermost has no addresses and ports in it
		err = inner
	}
	text := err.Error()
	if len(text) > 200 {
		text = text[:200]
	}
	return text
}

// errStatus is an answer that says to try again later.
type errStatus int

func (e errStatus) Error() string { return fmt.Sprintf("it answers with status %d", int(e)) }

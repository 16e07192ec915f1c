//go:build go1.21

package transport

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/agentaddr"
	"github.com/ddinstrument/ddinstrument/runtime/internal/dial"
)

const (
	requestTimeout = 5 * time.Second // dialling, writing and reading together, unless Options say otherwise
	onePiece       = 32 << 10        // bytes of a request that is sent in one piece
)

// client speaks HTTP/1.1 over one connection, which it keeps between requests.
type client struct {
	agent   *agentaddr.Address
	headers []string
	timeout time.Duration // of a request
	conn    dial.Conn
	in      *bufio.Reader
	body    bytes.Buffer // of the last answer
	state   string       // the last answer's header Datadog-Agent-State

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

// do makes a request and returns the answer's head. A kept connection that turns out to be closed is replaced by a fresh
// one, once.
func (c *client) do(r *request, deadline time.Time) (answer response, err error) {
	limit := time.Now().Add(c.timeout)
	if !deadline.IsZero() && deadline.Before(limit) {
		limit = deadline
	}
	kept := c.conn != nil
	if answer, err = c.try(r, limit); err != nil && kept && !errors.Is(err, os.ErrDeadlineExceeded) {
		answer, err = c.try(r, limit)
	}
	if err == nil {
		c.state = answer.state
	}
	return answer, err
}

func (c *client) try(r *request, limit time.Time) (response, error) {
	if err := c.open(limit); err != nil {
		return response{}, err
	}
	answer, err := c.exchange(r, limit)
	keep := err == nil && answer.keep
	if keep { // a deadline is a timer, and while one runs Go does not see that all goroutines are asleep
		keep = c.conn.SetDeadline(time.Time{}) == nil
	}
	if !keep {
		c.close()
	}
	return answer, err
}

func (c *client) exchange(r *request, limit time.Time) (response, error) {
	if err := c.conn.SetDeadline(limit); err != nil {
		return response{}, err
	}
	writeErr := c.write(r)
	// An agent that does not want the request may answer and close before it has read it all: the answer counts.
	c.body.Reset()
	answer, err := readResponse(c.in, &c.body)
	if err != nil && writeErr != nil {
		err = writeErr
	}
	answer.keep = answer.keep && writeErr == nil
	return answer, err
}

// write sends the request; a small one in one piece, which is one packet at best.
func (c *client) write(r *request) error {
	head, body := r.head, r.body
	if r.size <= onePiece {
		for _, piece := range body {
			head = append(head, piece...)
		}
		body = nil
	}
	_, err := c.conn.Write(head)
	for i := 0; err == nil && i < len(body); i++ {
		_, err = c.conn.Write(body[i])
	}
	return err
}

// head begins a request: its line, and the headers that all have.
func (c *client) head(method, path string) []byte {
	host := c.agent.Address
	if c.agent.Network == "unix" {
		host = "localhost"
	}
	b := fmt.Appendf(make([]byte, 0, 1024), "%s %s%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: ddinstrument\r\n", method, c.agent.Path, path, host)
	for _, h := range c.headers {
		b = append(append(b, h...), "\r\n"...)
	}
	return b
}

// open makes sure that there is a connection.
func (c *client) open(limit time.Time) error {
	if c.conn != nil {
		return nil
	}
	a := c.agent
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

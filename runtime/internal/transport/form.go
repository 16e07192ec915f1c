//go:build go1.21

package transport

import (
	"fmt"
)

// A Form is a way in which chunks are sent. They are given it when they are sent, so that it may change as long as they
// wait.
type Form struct {
	Path    string // of the request
	Type    string // of its body, as Content-Type has it
	Encoder Encoder
	Final   func(status int) bool    // tells the answers upon which a request is not to be made again; nil: as the agent's are
	Reason  func(body []byte) string // reads why a request is not taken; "", or nil: nobody says
}

// An Encoder gives chunks another form. It is used by one goroutine at a time.
type Encoder interface {
	// Append appends the body of a request for the chunks in the segments to b; nothing, if there is nothing to be sent.
	Append(b []byte, segments [][]byte) ([]byte, error)
}

// postType is the Content-Type of what is posted.
const postType = "application/msgpack"

// maxBuffer is how large the buffer for bodies may be that is kept between two requests.
const maxBuffer = 2 << 20

// request is one request's bytes.
type request struct {
	head []byte
	body [][]byte
	size int // of the body
}

// request makes the request for a payload; memory that it uses is used again by the next.
func (s *Sender) request(p *payload) (request, error) {
	var r request
	for i := range p.runs {
		r.body = append(r.body, p.runs[i].data)
		r.size += len(p.runs[i].data)
	}
	path, kind := p.path, postType
	if p.path == "" {
		form := s.form()
		path, kind = form.Path, form.Type
		if err := s.encode(form, p, &r); err != nil {
			return r, err
		}
	}
	r.head = s.client.head("POST", path)
	r.head = fmt.Appendf(r.head, "Content-Type: %s\r\nContent-Length: %d\r\n", kind, r.size)
	if p.path == "" && s.options.Choose != nil {
		r.head = s.counts(r.head, p)
	}
	r.head = append(r.head, "\r\n"...)
	return r, nil
}

func (s *Sender) encode(form *Form, p *payload, r *request) (err error) {
	s.buffer, err = form.Encoder.Append(s.buffer[:0], r.body)
	r.body, r.size = [][]byte{s.buffer}, len(s.buffer)
	if cap(s.buffer) > maxBuffer {
		s.buffer = nil
	}
	return err
}

// counts appends the headers by which an agent knows what it need not count
// (https://github.com/DataDog/datadog-agent, pkg/trace/api/internal/header).
func (s *Sender) counts(b []byte, p *payload) []byte {
	b = fmt.Appendf(b, "X-Datadog-Trace-Count: %d\r\nDatadog-Client-Computed-Top-Level: yes\r\n", p.count)
	if p.counted {
		b = append(b, "Datadog-Client-Computed-Stats: yes\r\n"...)
	}
	p.dropped = s.dropped.read()
	if p.dropped != (tally{}) {
		b = fmt.Appendf(b, "Datadog-Client-Dropped-P0-Traces: %d\r\nDatadog-Client-Dropped-P0-Spans: %d\r\n",
			p.dropped.traces, p.dropped.spans)
	}
	return b
}

// form is what the agent takes.
func (s *Sender) form() *Form { return &s.options.Forms[s.chosen] }

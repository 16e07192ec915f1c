package agent

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// A file of traces has one trace a line, as api.go describes it in JSON. A
// trace that grew after it was written is written again, in full: of several
// lines with one id, all spans count, each once.

// saveQuiet is how long a trace must not have grown before it is written.
const saveQuiet = time.Second

// Saver appends traces to a file: each when it has not grown for a second,
// when it is let go, or at the end.
type Saver struct {
	store *Store
	mu    sync.Mutex // of what is below
	file  io.WriteCloser
	out   *bufio.Writer
	err   error // the first; nothing is written after it

	stop, stopped chan struct{}
	once          sync.Once
}

// Save appends the traces of the store to a file, those that it has and those
// to come, until the Saver is closed.
func (st *Store) Save(path string) (*Saver, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		return nil, fmt.Errorf("save traces: %w", err)
	}
	s := &Saver{store: st, file: file, out: bufio.NewWriter(file), stop: make(chan struct{}), stopped: make(chan struct{})}
	if endsWithin(path) {
		s.out.WriteByte('\n') // or the first trace would be lost with the line that was cut
	}
	st.mu.Lock()
	st.savers = append(st.savers, s)
	if info, err := file.Stat(); err == nil {
		st.markSaved(info)
	}
	st.mu.Unlock()
	go s.run()
	return s, nil
}

// endsWithin reports whether a file ends within a line, as that of an agent
// that was killed may.
func endsWithin(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return false
	}
	var last [1]byte
	_, err = file.ReadAt(last[:], info.Size()-1)
	return err == nil && last[0] != '\n'
}

// markSaved keeps the traces that were read from a file, and have not grown,
// from being written to it again.
func (st *Store) markSaved(file os.FileInfo) {
	for e := st.age.Front(); e != nil; e = e.Next() {
		if k := e.Value.(*kept); k.opened != nil && os.SameFile(k.opened, file) {
			k.saved = true
		}
	}
}

func (s *Saver) run() {
	defer close(s.stopped)
	tick := time.NewTicker(saveQuiet / 2)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			s.writeUntil(now.Add(-saveQuiet))
		case <-s.stop:
			return
		}
	}
}

// writeUntil writes the traces that have not grown since then.
func (s *Saver) writeUntil(then time.Time) {
	// A part at a time, so that the store is not kept from receiving.
	for traces := s.store.unsaved(then); len(traces) > 0; traces = s.store.unsaved(then) {
		s.letGo(traces)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(s.out.Flush())
}

// unsaved returns the next traces that have not grown since then, and marks
// them as saved.
func (st *Store) unsaved(then time.Time) (traces []Trace) {
	const atOnce = 1000
	st.mu.Lock()
	defer st.mu.Unlock()
	for e := st.age.Front(); e != nil && len(traces) < atOnce; e = e.Next() {
		k := e.Value.(*kept)
		if k.received > then.UnixNano() {
			break
		}
		if !k.saved {
			k.saved = true
			traces = append(traces, k.trace())
		}
	}
	return traces
}

// letGo writes traces now.
func (s *Saver) letGo(traces []Trace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range traces {
		if s.err != nil {
			return
		}
		s.note(writeLine(s.out, &traces[i]))
	}
}

// note keeps the first error, and has the store tell of it.
func (s *Saver) note(err error) {
	if s.err == nil && err != nil {
		s.err = fmt.Errorf("save traces: %w", err)
		s.store.saveFailed(s.err)
	}
}

// Close writes what has not been written yet, and returns the first error
// that there was.
func (s *Saver) Close() error {
	s.once.Do(func() {
		close(s.stop)
		<-s.stopped
		s.writeUntil(time.Now().Add(time.Hour))
		s.store.remove(s)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.note(s.file.Close())
		if s.err == nil {
			s.err = errSaved
		}
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.err, errSaved) {
		return nil
	}
	return s.err
}

// errSaved keeps a Saver that has been closed from writing.
var errSaved = errors.New("closed")

func writeLine(w io.Writer, t *Trace) error {
	line, err := json.Marshal(t)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

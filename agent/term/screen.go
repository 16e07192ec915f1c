package term

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	xterm "golang.org/x/term"
)

// Source tells what is known of the last window, or of all time for 0.
type Source func(ctx context.Context, window time.Duration) (Snapshot, error)

const (
	// refresh is how often the numbers are asked for.
	refresh = time.Second
	// resize is how often the size of the terminal is looked at.
	resize = 200 * time.Millisecond
)

// What changes the terminal, and puts it back (xterm's private modes: 1049 is
// the other screen, 25 the cursor, 2026 draws all at once where that is known).
const (
	enter = "\x1b[?1049h\x1b[?25l"
	leave = "\x1b[?25h\x1b[?1049l"
	begin = "\x1b[?2026h\x1b[H"
	end   = "\x1b[?2026l"
)

// Print writes what is known once, for what is no terminal.
func Print(w io.Writer, title string, s Snapshot, columns int) error {
	t := newTop(title)
	t.snapshot = s
	for _, line := range t.draw(columns, 0, false) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// Top shows on a terminal what is known, again and again, until ctx ends or the
// user quits. first is what is known at first.
func Top(ctx context.Context, in, out *os.File, title string, first Snapshot, source Source, color bool) error {
	restore, err := prepare(in, out)
	if err != nil {
		return fmt.Errorf("take over the terminal: %w", err)
	}
	defer restore()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &screen{top: newTop(title), out: out, color: painter(color)}
	s.top.snapshot = first
	return s.run(ctx, readAll(ctx, in), source)
}

// prepare takes over a terminal.
func prepare(in, out *os.File) (restore func(), err error) {
	state, err := xterm.MakeRaw(int(in.Fd()))
	if err != nil {
		return nil, err
	}
	undo := enableSequences(out)
	fmt.Fprint(out, enter)
	return func() {
		fmt.Fprint(out, leave)
		undo()
		xterm.Restore(int(in.Fd()), state)
	}, nil
}

// readAll hands on what is typed, until ctx ends; a read that is under way then
// stays.
func readAll(ctx context.Context, in io.Reader) <-chan []byte {
	typed := make(chan []byte)
	go func() {
		defer close(typed)
		for {
			b := make([]byte, 256)
			n, err := in.Read(b)
			if err != nil {
				return
			}
			select {
			case typed <- b[:n]:
			case <-ctx.Done():
				return
			}
		}
	}()
	return typed
}

// screen is a terminal with a top on it.
type screen struct {
	top           *top
	out           *os.File
	color         painter
	width, height int
}

// answer is what a source told.
type answer struct {
	snapshot Snapshot
	window   time.Duration
	err      error
}

func (s *screen) run(ctx context.Context, typed <-chan []byte, source Source) error {
	answers := make(chan answer, 1)
	asking := false
	ask := func() {
		if asking {
			return // one at a time, however slow it is
		}
		asking = true
		window := s.top.window()
		go func() {
			snapshot, err := source(ctx, window)
			answers <- answer{snapshot, window, err}
		}()
	}
	again, size := time.NewTicker(refresh), time.NewTicker(resize)
	defer again.Stop()
	defer size.Stop()
	var rest []byte
	s.measure()
	for s.draw(); ; {
		select {
		case <-ctx.Done():
			return nil
		case b, ok := <-typed:
			if !ok {
				return nil // the terminal is gone
			}
			var keys []key
			keys, rest = readKeys(append(rest, b...))
			window := s.top.window()
			for _, k := range keys {
				if s.top.press(k) {
					return nil
				}
			}
			if s.top.window() != window {
				ask()
			}
			s.draw()
		case a := <-answers:
			asking = false
			s.take(a, ask)
			s.draw()
		case <-again.C:
			ask()
		case <-size.C:
			if s.measure() {
				s.draw()
			}
		}
	}
}

// take shows an answer; where it is one to a question of before, it asks again.
func (s *screen) take(a answer, ask func()) {
	s.top.err = a.err
	switch {
	case a.err != nil:
	case a.window != s.top.window():
		ask()
	default:
		s.top.snapshot = a.snapshot
	}
}

// measure finds out how large the terminal is, and whether that has changed.
func (s *screen) measure() bool {
	w, h, err := xterm.GetSize(int(s.out.Fd()))
	if err != nil || w <= 0 || h <= 0 {
		w, h = 80, 24
	}
	changed := w != s.width || h != s.height
	s.width, s.height = w, h
	return changed
}

func (s *screen) draw() {
	io.WriteString(s.out, frame(s.top.draw(s.width, s.height, s.color)))
}

// frame is what puts lines in the place of those of before. Each is erased
// first: after a line as wide as the terminal, the cursor still stands on its
// last character (DECAWM's pending wrap), and erasing from there would take it.
func frame(lines []string) string {
	var b strings.Builder
	b.WriteString(begin)
	for i, line := range lines {
		if i > 0 {
			b.WriteString("\r\n")
		}
		if i < len(lines)-1 {
			b.WriteString("\x1b[K")
		} else {
			b.WriteString("\x1b[J") // and what is below
		}
		b.WriteString(line)
	}
	b.WriteString(end)
	return b.String()
}

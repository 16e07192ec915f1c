package agent

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// maxLine bounds a line that is read.
const maxLine = 256 << 20

// ErrCut is in the error of a file in which lines are cut off, as they are
// where an agent was killed or a disk was full. All other lines are read.
var ErrCut = errors.New("cut off")

// Open reads a file that a Saver has written, in addition to what the store
// has. What does not fit the budget is let go, the first lines first. The
// error names the line that is no trace; those before it are kept, and with
// ErrCut those after it too.
func (st *Store) Open(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open traces: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("open traces: %w", err)
	}
	if err := st.read(file, info); err != nil {
		return fmt.Errorf("open traces: %s:%w", path, err)
	}
	return nil
}

func (st *Store) read(r io.Reader, file os.FileInfo) error {
	in := bufio.NewScanner(r)
	in.Buffer(nil, maxLine)
	n, cut, first := 0, 0, 0
	for in.Scan() {
		n++
		line := bytes.TrimSpace(in.Bytes())
		if len(line) == 0 {
			continue
		}
		c, err := readLine(line)
		if isCut(line, err) {
			if cut++; cut == 1 {
				first = n
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("%d: %w", n, err)
		}
		c.opened = file
		st.add([]chunk{c})
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("%d: %w", n+1, err)
	}
	switch cut {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%d: the line is %w", first, ErrCut)
	}
	return fmt.Errorf("%d: the line is %w, and %d after it", first, ErrCut, cut-1)
}

// isCut tells the beginning of a trace from what is none.
func isCut(line []byte, err error) bool {
	const begin = `{"trace_id":`
	var syntax *json.SyntaxError
	return errors.As(err, &syntax) && syntax.Offset >= int64(len(line)) && syntax.Error() == "unexpected end of JSON input" &&
		string(line[:min(len(line), len(begin))]) == begin[:min(len(line), len(begin))]
}

func readLine(line []byte) (chunk, error) {
	var t Trace
	if err := json.Unmarshal(line, &t); err != nil {
		return chunk{}, err
	}
	if len(t.Spans) == 0 || t.ID == 0 {
		return chunk{}, errors.New("no trace: it has no id or no spans")
	}
	c := chunk{spans: t.Spans}
	for i := range c.spans {
		c.cost += c.spans[i].cost()
	}
	return c, nil
}

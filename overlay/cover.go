package overlay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ddinstrument/ddinstrument/rewriter"
)

// ToolExec is the word behind which this program expects to be run by the go
// command's -toolexec: the path of a list of marked files, then the tool.
const ToolExec = "toolexec"

// RunTool runs one of the go command's tools. All but cover run as they are.
// cover gets the user's files with comments at the places where something is
// inserted, so that it counts and positions the user's code alone, and what is
// inserted is put into what it made.
func RunTool(args []string, s Streams) (Status, error) {
	if len(args) < 2 {
		return Status{}, fmt.Errorf("%w: %s is run by the go command, not by hand", ErrUsage, ToolExec)
	}
	list, words := args[0], args[1:]
	at := coverAt(words)
	if at < 0 {
		return runTool(words, s)
	}
	data, err := os.ReadFile(list)
	if err != nil {
		return Status{}, err
	}
	var marked []rewriter.Marked
	if err := json.Unmarshal(data, &marked); err != nil {
		return Status{}, fmt.Errorf("%s: %w", list, err)
	}
	c := coverRun{words: slices.Clone(words), at: at, marked: map[string]rewriter.Marked{}}
	for _, m := range marked {
		c.marked[m.Original] = m
	}
	return c.run(s)
}

// coverAt returns where in the words the cover tool stands when it is to
// rewrite files, or -1.
func coverAt(words []string) int {
	for i, w := range words {
		if base := strings.TrimSuffix(filepath.Base(w), ".exe"); base == "cover" {
			for _, arg := range words[i+1:] {
				if strings.HasPrefix(arg, "-outfilelist") {
					return i
				}
			}
		}
	}
	return -1
}

func runTool(words []string, s Streams) (Status, error) {
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.In, s.Out, s.Err
	return wait(cmd)
}

// A coverRun is one run of the cover tool.
type coverRun struct {
	words  []string // the command line
	at     int      // where in it the tool stands
	marked map[string]rewriter.Marked
	in     []string // the files that are covered, in the order of the outputs
}

func (c *coverRun) run(s Streams) (Status, error) {
	tmp, err := os.MkdirTemp("", "ddinstrument-cover-")
	if err != nil {
		return Status{}, err
	}
	defer os.RemoveAll(tmp)
	if err := c.substitute(tmp); err != nil {
		return Status{}, err
	}
	if status, err := runTool(c.words, s); err != nil || !status.OK() {
		return status, err
	}
	out, err := outputs(c.words[c.at:])
	if err != nil {
		return Status{}, err
	}
	// The first output is cover's own; the others follow the inputs.
	if len(out) != len(c.in)+1 {
		return Status{}, fmt.Errorf("go tool cover wrote %d files for %d", len(out), len(c.in))
	}
	for i, path := range c.in {
		if m, ok := c.marked[path]; ok {
			if err := unmark(out[i+1], m); err != nil {
				return Status{}, err
			}
		}
	}
	return Status{}, nil
}

// substitute gives the tool the marked files in place of the user's. They keep
// their base name, which coverage profiles show.
func (c *coverRun) substitute(tmp string) error {
	for i, w := range c.words {
		if i <= c.at || !strings.HasSuffix(w, ".go") {
			continue
		}
		c.in = append(c.in, w)
		if m, ok := c.marked[w]; ok {
			c.words[i] = filepath.Join(tmp, strconv.Itoa(i), filepath.Base(w))
			if err := writeFile(c.words[i], m.Source, 0o666); err != nil {
				return err
			}
		}
	}
	return nil
}

// outputs reads the names of the files that cover writes.
func outputs(words []string) ([]string, error) {
	for i, w := range words {
		name, value, ok := strings.Cut(w, "=")
		if strings.TrimLeft(name, "-") != "outfilelist" {
			continue
		}
		if !ok && i+1 < len(words) {
			value = words[i+1]
		}
		data, err := os.ReadFile(value)
		if err != nil {
			return nil, err
		}
		return strings.Split(strings.TrimSpace(string(data)), "\n"), nil
	}
	return nil, fmt.Errorf("go tool cover was run without -outfilelist")
}

// unmark finishes a file that cover wrote: its first line names the user's
// file again, and the comments become what they stand for.
func unmark(path string, m rewriter.Marked) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	first, rest, _ := bytes.Cut(data, []byte("\n"))
	if bytes.HasPrefix(first, []byte("//line ")) {
		data = append([]byte("//line "+m.Original+":1:1\n"), rest...)
	}
	if data, err = m.Unmark(data); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o666)
}

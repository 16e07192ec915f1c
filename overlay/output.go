package overlay

import (
	"bytes"
	"cmp"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A cleaner passes on what the go command prints to standard error, and mends
// what gives the overlay away in a compiler's errors:
//
//   - where an error points to a second place, the compiler adds in brackets
//     where that stands in the file of the overlay;
//   - the compiler sorts errors by the line comments that they stand behind.
type cleaner struct {
	to    io.Writer
	cut   *regexp.Regexp
	line  []byte   // what has come of a line that has not ended
	block []string // the lines of a package's errors, from "# path" on
}

var (
	blockStart = regexp.MustCompile(`^# \S+( \[\S+\])?\n$`)
	errorLine  = regexp.MustCompile(`^([^\t\n]*?):(\d+):(\d+): `)
)

func (b *Build) cleaner(to io.Writer) *cleaner {
	files := filepath.Dir(filepath.Dir(filepath.Dir(b.Overlay)))
	return &cleaner{to: to, cut: regexp.MustCompile(`\[` + regexp.QuoteMeta(files) + `[^]\n]*:\d+:\d+\]`)}
}

func (c *cleaner) Write(p []byte) (int, error) {
	c.line = append(c.line, p...)
	for {
		end := bytes.IndexByte(c.line, '\n') + 1
		if end == 0 {
			return len(p), nil
		}
		if err := c.take(string(c.cut.ReplaceAll(c.line[:end], nil))); err != nil {
			return len(p), err
		}
		c.line = c.line[end:]
	}
}

// take passes a line on, or keeps it for its block.
func (c *cleaner) take(line string) error {
	inBlock := len(c.block) > 0 && (line[0] == '\t' || errorLine.MatchString(line))
	if inBlock || blockStart.MatchString(line) {
		if !inBlock {
			c.end()
		}
		c.block = append(c.block, line)
		return nil
	}
	c.end()
	_, err := io.WriteString(c.to, line)
	return err
}

// end passes a block on, in the order of a file's lines.
func (c *cleaner) end() {
	if len(c.block) == 0 {
		return
	}
	list := errorsIn(c.block[1:])
	slices.SortStableFunc(list, func(a, b compilerError) int {
		return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	io.WriteString(c.to, c.block[0])
	for _, e := range list {
		io.WriteString(c.to, e.text)
	}
	c.block = nil
}

// flush passes on what is left when the go command has ended.
func (c *cleaner) flush() {
	c.end()
	if len(c.line) > 0 {
		c.to.Write(c.cut.ReplaceAll(c.line, nil))
		c.line = nil
	}
}

// A compilerError is an error with the lines that belong to it.
type compilerError struct {
	file         int // the number of the file, in the order that they come up
	line, column int
	text         string
	last         int // 1 for the one that says that there are more
}

func errorsIn(lines []string) []compilerError {
	var list []compilerError
	var files []string
	for _, text := range lines {
		m := errorLine.FindStringSubmatch(text)
		if m == nil {
			if len(list) == 0 {
				list = append(list, compilerError{})
			}
			list[len(list)-1].text += text
			continue
		}
		file := slices.Index(files, m[1])
		if file < 0 {
			file, files = len(files), append(files, m[1])
		}
		e := compilerError{file: file, text: text}
		if strings.HasSuffix(text, ": too many errors\n") {
			e.last = 1
		}
		e.line, _ = strconv.Atoi(m[2])
		e.column, _ = strconv.Atoi(m[3])
		list = append(list, e)
	}
	return list
}

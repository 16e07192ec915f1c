package agent

import (
	"cmp"
	"path"
	"regexp"
	"strings"

	"github.com/ddinstrument/ddinstrument/agent/readable"
)

// errorRows say what went wrong in a span, and where.
func (d *drawing) errorRows(n *node, width int) []row {
	var r row
	text := readable.Clean(n.Meta["error.message"])
	if typ := readable.Clean(n.Meta["error.type"]); typ != "" && text != "" {
		text = typ + ": " + text
	} else {
		text = cmp.Or(text, typ, "error")
	}
	r.add(red, "✗ "+text)
	where := ""
	if !passesOn(n) {
		where = d.place(n)
	}
	if where == "" {
		return []row{r}
	}
	if w := piecesWidth(r.left) + 2 + readable.Width(where); w <= width {
		r.add(dim, "  "+where)
		return []row{r}
	}
	return []row{r, {left: []piece{{"  at " + readable.TruncateLeft(where[len("at "):], width-5), dim}}}}
}

// passesOn tells a span whose error is a child's, handed up: where that came
// from stands with the child.
func passesOn(n *node) bool {
	message := n.Meta["error.message"]
	for _, c := range n.children {
		if c.Error != 0 && c.Meta["error.message"] != "" && strings.Contains(message, c.Meta["error.message"]) {
			return true
		}
	}
	return false
}

// place is "at file:line", from the top of the error's stack.
func (d *drawing) place(n *node) string {
	// dd-trace-go keeps the stack of where the error was handled, at least.
	stack := cmp.Or(n.Meta["error.stack"], n.Meta["error.handling_stack"])
	at := topFrame(stack)
	if at == "" {
		return ""
	}
	if d.opts.Dir != "" {
		at = strings.TrimPrefix(at, path.Clean(d.opts.Dir)+"/")
	}
	return "at " + readable.Clean(at)
}

var (
	// Go: a tab, file:line, perhaps an offset, on the line after the function.
	goFrame = regexp.MustCompile(`^\t(\S.*:\d+)(?: \+0x[0-9a-f]+)?$`)
	// JavaScript and Java: at f (file:line:column), at file:line:column.
	atFrame = regexp.MustCompile(`^\s*at (?:.*\()?([^()\s][^()]*?:\d+)(?::\d+)?\)?$`)
	// Python; the last one is the innermost.
	pythonFrame = regexp.MustCompile(`^\s*File "(.+)", line (\d+)`)
)

// maxStackLines is how much of a stack is looked at.
const maxStackLines = 200

// topFrame finds file:line of the innermost frame in the stack texts of the
// languages that Datadog's tracers are written in; "" where it finds none.
// What is not the user's at the top of it is passed over.
func topFrame(stack string) string {
	python, function := "", ""
	for i, line := range strings.SplitN(stack, "\n", maxStackLines) {
		if i == maxStackLines-1 {
			break // all that is left, in one piece
		}
		line = strings.TrimSuffix(line, "\r")
		if m := atFrame.FindStringSubmatch(line); m != nil {
			return m[1]
		}
		if m := goFrame.FindStringSubmatch(line); m != nil {
			if !isMachinery(function) {
				return m[1]
			}
		}
		if m := pythonFrame.FindStringSubmatch(line); m != nil {
			python = m[1] + ":" + m[2]
		}
		function = line
	}
	return python
}

// isMachinery tells the functions of Go's runtime, which raises the panics,
// and of the tracers that took the stack.
func isMachinery(function string) bool {
	for _, prefix := range []string{"runtime.", "panic(", "runtime/debug.", "github.com/DataDog/dd-trace-go/"} {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	return false
}

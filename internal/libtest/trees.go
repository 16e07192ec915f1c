package libtest

import (
	"sort"
	"strings"

	"github.com/ddinstrument/ddinstrument/agent"
)

// Trees prints traces as Tree does, in an order that has nothing to do with when spans started: of two processes, or of
// two goroutines, nobody can tell which is first. Spans of one parent are in the order of their text, and so are traces.
func Trees(traces []agent.Trace, keys ...string) string {
	var b strings.Builder
	for _, t := range traces {
		b.WriteString(Tree(t.Spans, keys...))
	}
	return strings.Join(sorted(strings.SplitAfter(b.String(), "\n"), ""), "")
}

// sorted makes blocks of lines, each a line with all that is indented deeper below it, and sorts them.
func sorted(lines []string, indent string) (blocks []string) {
	for _, line := range lines {
		switch {
		case line == "":
		case strings.HasPrefix(line, indent+"  "):
			blocks[len(blocks)-1] += line
		default:
			blocks = append(blocks, line)
		}
	}
	for i, b := range blocks {
		if head, rest, _ := strings.Cut(b, "\n"); rest != "" {
			blocks[i] = head + "\n" + strings.Join(sorted(strings.SplitAfter(rest, "\n"), indent+"  "), "")
		}
	}
	sort.Strings(blocks)
	return blocks
}

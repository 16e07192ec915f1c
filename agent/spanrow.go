package agent

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ddinstrument/ddinstrument/agent/readable"
)

const (
	// maxTagRows is how many lines a span's tags may take.
	maxTagRows = 3
	// minResource is what stays of a resource when room is short.
	minResource = 12
)

func nameOf(s *Span) string { return cmp.Or(readable.Clean(s.Name), "(no name)") }

// resourceOf is the resource where it says more than the name.
func resourceOf(s *Span) string {
	if s.Resource == s.Name {
		return ""
	}
	return readable.Clean(s.Resource)
}

// spanRows makes the lines of a span that stands behind indent columns of
// branches: itself, tags that don't fit beside it, its error.
func (d *drawing) spanRows(f *forest, n *node, indent int) []row {
	var r row
	if r.right = d.figures(f, n); n.Error != 0 {
		r.add(redder, nameOf(n.Span))
	} else {
		r.add(bold, nameOf(n.Span))
	}
	var marks []piece
	if n.Service != "" && (n.parent == nil || n.parent.Service != n.Service) {
		marks = append(marks, piece{"  [" + readable.Clean(n.Service) + "]", d.styleOf(n.Service)})
	}
	if n.orphan {
		marks = append(marks, piece{"  (parent not received)", dim})
	}
	room := d.width - indent - piecesWidth(r.right) - 2
	room -= piecesWidth(r.left) + piecesWidth(marks)
	if res := resourceOf(n.Span); res != "" {
		res = "  " + readable.Truncate(res, max(room-2, minResource))
		r.add(plain, res)
		room -= readable.Width(res)
	}
	r.left = append(r.left, marks...)

	tags := tagsOf(n)
	below := d.width - indent - len("│  ")
	if inline := strings.Join(tags, " "); inline != "" && readable.Width(inline)+2 <= room {
		r.add(dim, "  "+inline)
		tags = nil
	}
	rows := append([]row{r}, tagRows(tags, below)...)
	if n.Error != 0 {
		rows = append(rows, d.errorRows(n, below)...)
	}
	return rows
}

// figures is the right part of a span's line: when in the trace it ran, how
// long, and what share that is.
func (d *drawing) figures(f *forest, n *node) []piece {
	barStyle := d.styleOf(n.Service)
	if n.Error != 0 {
		barStyle = red
	}
	var figures []piece
	if d.bar > 0 {
		figures = append(figures, piece{timeLine(f, n, d.bar) + " ", barStyle})
	}
	share := formatShare(spanDuration(n), f.duration())
	return append(figures,
		piece{padLeft(readable.Duration(spanDuration(n)), 7), plain},
		piece{padLeft(share, 5), dim})
}

func padLeft(s string, w int) string {
	return strings.Repeat(" ", max(w-readable.Width(s), 0)) + s
}

// timeLine draws when in the trace a span ran, to half a column. However
// short, it is seen.
func timeLine(f *forest, n *node, width int) string {
	halves := float64(2 * width)
	whole := max(float64(f.duration()), 1)
	from := int(halves * f.since(n.Start) / whole)
	to := int(halves*f.since(n.end())/whole + 0.5)
	from = min(max(from, 0), 2*width-1)
	to = max(to, from+1)
	var b strings.Builder
	for i := range width {
		left, right := from <= 2*i && 2*i < to, from <= 2*i+1 && 2*i+1 < to
		switch {
		case left && right:
			b.WriteString("━")
		case left:
			b.WriteString("╸")
		case right:
			b.WriteString("╺")
		default:
			b.WriteString(" ")
		}
	}
	return b.String()
}

// styleOf gives each service its colour, in the order in which they appear.
func (d *drawing) styleOf(service string) style {
	s, ok := d.styles[service]
	if !ok {
		s = serviceStyles[len(d.styles)%len(serviceStyles)]
		d.styles[service] = s
	}
	return s
}

// tagsOf lists the tags that are the user's own, sorted.
func tagsOf(n *node) []string {
	var tags []string
	for _, key := range slices.Sorted(maps.Keys(n.Meta)) {
		if isUserTag(n, key) {
			tags = append(tags, formatTag(key, n.Meta[key]))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(n.Metrics)) {
		if isUserTag(n, key) {
			tags = append(tags, formatTag(key, formatNumber(n.Metrics[key])))
		}
	}
	if names := eventNames(n); names != "" {
		tags = append(tags, formatTag("events", names))
	}
	if len(n.Links) > 0 {
		tags = append(tags, formatTag("links", strconv.Itoa(len(n.Links))))
	}
	slices.Sort(tags)
	return tags
}

// eventNames lists what happened during the span, but for the error that the
// error lines tell.
func eventNames(n *node) string {
	var names []string
	for i := range n.Events {
		if e := &n.Events[i]; e.Name != "exception" || n.Error == 0 {
			names = append(names, e.Name)
		}
	}
	return strings.Join(names, ", ")
}

// ofLibraries are tags that an integration of a library sets on each of its
// spans, and that tell a person little who looks at one trace.
var ofLibraries = map[string]bool{
	"component": true, "span.kind": true, "http.host": true, "http.useragent": true, "db.system": true, "rpc.system": true, "messaging.system": true,
	"network.destination.name": true, "network.destination.port": true, "out.host": true, "out.port": true, "out.db": true, "grpc.method.name": true,
}

// isUserTag leaves out what tracers add for the real agent, what the error
// lines say, env and version where the parent has said them, and what a library's
// span is about beside its resource.
func isUserTag(n *node, key string) bool {
	if n.Meta["component"] != "" && (ofLibraries[key] || n.Meta[key] != "" && strings.Contains(n.Resource, n.Meta[key])) {
		return false
	}
	switch key {
	case "process_id", "system.pid", "runtime-id", "language":
		return false
	case "env", "version":
		return n.parent == nil || n.parent.Meta[key] != n.Meta[key]
	}
	return !strings.HasPrefix(key, "_") && !strings.HasPrefix(key, "error.")
}

// tagRows fills lines of at most width columns with tags.
func tagRows(tags []string, width int) []row {
	var rows []row
	line := ""
	for i, tag := range tags {
		if line != "" && readable.Width(line)+1+readable.Width(tag) > width {
			if len(rows) == maxTagRows-1 {
				more := " … " + readable.Plural(len(tags)-i, "more tag")
				line = readable.Truncate(line, width-readable.Width(more)) + more
				break
			}
			rows = append(rows, row{left: []piece{{line, dim}}})
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += tag
	}
	if line != "" {
		rows = append(rows, row{left: []piece{{line, dim}}})
	}
	return rows
}

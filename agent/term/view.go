package term

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/agent/readable"
)

// The widest that names are shown.
const (
	serviceWidth = 18
	nameWidth    = 24
	least        = 20 // columns for a name, however narrow the terminal is
	narrowest    = 40 // columns of all; what goes beyond a narrower terminal is cut
)

// draw makes the screen: at most height lines of at most width columns. A
// height of 0 is for what is no screen: all lines, and no keys.
func (t *top) draw(w, height int, p painter) []string {
	if w >= narrowest {
		return t.layOut(w, height, p)
	}
	lines := t.layOut(narrowest, height, false) // a cut could go through a colour
	for i := range lines {
		lines[i] = readable.Truncate(lines[i], w)
	}
	return lines
}

func (t *top) layOut(w, height int, p painter) []string {
	services, resources := t.services(), t.resources()
	lines := []string{t.head(w, p), ""}
	shown := len(services)
	if height > 0 {
		shown = min(shown, max(height/3-2, 1))
	}
	lines = append(lines, t.header("SERVICE", w, p))
	for _, s := range services[:shown] {
		lines = append(lines, row(serviceText(s), s.Numbers, w, p))
	}
	if more := len(services) - shown; more > 0 {
		lines = append(lines, p.paint(dim, readable.Fit("… and "+readable.Plural(more, "service")+" more", w)))
	}
	lines = append(lines, "", t.header(resourceHeader(w), w, p))
	if height > 0 {
		t.page = max(height-len(lines)-1, 1)
		t.first = max(min(t.first, len(resources)-t.page), 0)
		resources = resources[t.first:min(len(resources), t.first+t.page)]
	}
	for _, r := range resources {
		lines = append(lines, row(resourceText(r, w), r.Numbers, w, p))
	}
	if height <= 0 {
		return lines
	}
	for len(lines) < height-1 {
		lines = append(lines, "")
	}
	return append(lines[:max(height-1, 0)], t.foot(w, p))
}

// head says what is shown, and how it goes in all.
func (t *top) head(w int, p painter) string {
	window := "last minute"
	if t.all {
		window = "all time"
	}
	var requests, errors uint64
	perSecond := 0.0
	for _, s := range t.snapshot.Services {
		requests, errors, perSecond = requests+s.Requests, errors+s.Errors, perSecond+s.Rate
	}
	sum := fmt.Sprintf("%s, %s/s, %s errors", readable.Plural(len(t.snapshot.Services), "service"), rate(perSecond),
		percent(share(agent.Numbers{Requests: requests, Errors: errors})))
	left := readable.Clean(t.title) + " · " + window
	room := w - readable.Width(sum) - 2
	if room < least {
		return p.paint(bold, readable.Fit(left, w))
	}
	return p.paint(bold, readable.Fit(left, room)) + "  " + sum
}

// foot has the keys; the filter, when there is one; or what went wrong.
func (t *top) foot(w int, p painter) string {
	switch {
	case t.typing:
		return readable.Fit("/"+readable.Clean(t.filter)+"█", w)
	case t.err != nil:
		return p.paint(red, readable.Fit("✗ "+readable.Clean(t.err.Error()), w))
	case t.filter != "":
		return p.paint(reverse, readable.Fit("/"+readable.Clean(t.filter)+"   Esc shows all again   q quits", w))
	}
	const keys = "q quit  / filter  w window  j k scroll  sort: a name  n requests  r rate  e errors  5 p50  9 p95  0 p99  t time"
	return p.paint(dim, readable.Fit(keys, w))
}

// header names the columns. That by which they are sorted has a mark.
func (t *top) header(name string, w int, p painter) string {
	mark := "▼"
	if t.reversed {
		mark = "▲"
	}
	if t.sort == byName {
		name += mark
	}
	text := readable.Fit(name, w-numbersWidth(w))
	for _, c := range numbers {
		if w < c.from {
			continue
		}
		title := c.name
		if c.key == t.sort {
			title += mark
		}
		text += readable.Right(title, c.width)
	}
	return p.paint(bold, text)
}

// row is a line of numbers.
func row(text string, n agent.Numbers, w int, p painter) string {
	line := readable.Fit(text, w-numbersWidth(w))
	for _, c := range numbers {
		if w < c.from {
			continue
		}
		style := ""
		if c.key == 'e' && n.Errors > 0 {
			style = red
		}
		line += p.paint(style, readable.Right(c.show(n), c.width))
	}
	return line
}

// numbersWidth is how wide the numbers are together.
func numbersWidth(w int) int {
	sum := 0
	for _, c := range numbers {
		if w >= c.from {
			sum += c.width
		}
	}
	return min(sum, w-10)
}

func serviceText(s agent.ServiceStats) string {
	text := readable.Clean(s.Service)
	if s.Type != "" {
		text += "  (" + readable.Clean(s.Type) + ")"
	}
	return text + "  "
}

// resourceText has the service and, if there is room, the operation before the
// resource.
func resourceText(r agent.ResourceStats, w int) string {
	text := readable.Fit(readable.Clean(r.Service), serviceWidth) + " "
	if hasNames(w) {
		text += readable.Fit(readable.Clean(r.Name), nameWidth) + " "
	}
	return text + readable.Clean(r.Resource) + " "
}

func resourceHeader(w int) string {
	text := readable.Fit("SERVICE", serviceWidth) + " "
	if hasNames(w) {
		text += readable.Fit("OPERATION", nameWidth) + " "
	}
	return text + "RESOURCE"
}

func hasNames(w int) bool { return w-numbersWidth(w) >= serviceWidth+nameWidth+least }

// rate writes a number a second.
func rate(f float64) string {
	if f >= 999.5 {
		return readable.Count(uint64(f + 0.5))
	}
	if f == 0 {
		return "0"
	}
	return readable.ThreeDigits(f)
}

// percent writes a part of 1; what is little is not nothing.
func percent(f float64) string {
	switch f *= 100; {
	case f == 0:
		return "0%"
	case f < 0.1:
		return "<0.1%"
	case f > 99.9 && f < 100:
		return ">99.9%"
	}
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0") + "%"
}

// latency writes a duration; 0 is that of nothing.
func latency(ns int64) string {
	if ns == 0 {
		return "-"
	}
	return readable.Duration(ns)
}

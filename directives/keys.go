package directives

import (
	"strconv"
	"strings"
)

// What a key's value may be.
type form int

const (
	text   form = iota // a string
	either             // a string or {expr}
	expr               // {expr}
	flag               // no value
	count              // a number, at least 1
)

// A key is a row of the language's table.
type key struct {
	name   string // "tag." stands for every key that begins so
	form   form
	choice []string // the values there are, nil for any
	set    func(d *Directive, name string, v Value)
}

// keys is the language. To add a key is to add a row.
var keys = []key{
	{name: "name", set: func(d *Directive, _ string, v Value) { d.Name = v.Text }},
	{name: "service", set: func(d *Directive, _ string, v Value) { d.Service = v.Text }},
	{name: "resource", form: either, set: func(d *Directive, _ string, v Value) { d.Resource = v }},
	{name: "type", set: func(d *Directive, _ string, v Value) { d.Type = v.Text }},
	{name: "kind", choice: []string{"server", "client", "producer", "consumer", "internal"},
		set: func(d *Directive, _ string, v Value) { d.Kind = v.Text }},
	{name: "tag.", form: either, set: func(d *Directive, name string, v Value) { d.Tags = append(d.Tags, Tag{name, v}) }},
	{name: "return.", form: expr, set: func(d *Directive, name string, v Value) { d.Returns = append(d.Returns, Tag{name, v}) }},
	{name: "error", choice: []string{"off"}, set: func(d *Directive, _ string, _ Value) { d.ErrorOff = true }},
	{name: "ignore", form: expr, set: func(d *Directive, _ string, v Value) { d.Ignored = splitList(v) }},
	{name: "root", form: flag, set: func(d *Directive, _ string, _ Value) { d.Root = true }},
	{name: "entry", form: flag, set: func(d *Directive, _ string, _ Value) { d.Entry = true }},
	{name: "measured", form: flag, set: func(d *Directive, _ string, _ Value) { d.Measured = true }},
	{name: "only", choice: []string{"exported"}, set: func(d *Directive, _ string, v Value) { d.Exported, d.narrows = true, v.Word }},
	{name: "min", form: count, set: func(d *Directive, _ string, v Value) { d.Min, _ = strconv.Atoi(v.Text); d.narrows = v.Word }},
}

// isCount reports whether a value is a number of something.
func isCount(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n > 0
}

// findKey returns the row for a word's key, and what follows the period of
// "tag." and "return.".
func findKey(word string) (key, string, bool) {
	for _, k := range keys {
		rest, dotted := strings.CutPrefix(word, k.name)
		if k.name == word && !strings.HasSuffix(k.name, ".") || dotted && strings.HasSuffix(k.name, ".") {
			return k, rest, true
		}
	}
	return key{}, "", false
}

// nearest returns the candidate that a misspelt word probably meant, or "".
func nearest(word string, candidates []string) string {
	best, bestDistance := "", len(word)/2+1
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), c); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance counts the edits between two short words; exchanging two
// neighbouring letters, the commonest slip, counts as one.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// nearestKey returns the key that a misspelt one probably meant, or "". Of a
// word with a period, what follows the period is the user's and stays.
func nearestKey(word string) string {
	head, rest, dotted := strings.Cut(word, ".")
	var names []string
	for _, k := range keys {
		if name, open := strings.CutSuffix(k.name, "."); open == dotted || !dotted {
			names = append(names, name)
		}
	}
	near := nearest(head, names)
	k, _, _ := findKey(near + ".")
	switch {
	case near == "":
		return ""
	case dotted:
		return near + "." + rest
	case k.name == near+".":
		return near + ".KEY"
	}
	return near
}

// keyNames lists the keys as a person would type them.
func keyNames() []string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
		if strings.HasSuffix(k.name, ".") {
			names[i] += "KEY"
		}
	}
	return names
}

//go:build go1.21

package slot

import "unsafe"

// With returns the label set p with one further label of ours, which a new goroutine inherits as it does all others; to
// everything else in this package it is a label of the program's own. Where the layout of label sets is not known it
// returns p itself.
func With(p unsafe.Pointer, key, value string) unsafe.Pointer {
	if !fast {
		return p
	}
	var list []Label
	if p != nil {
		list = (*Set)(p).List
	}
	joined := make([]Label, 0, len(list)+1)
	added := false
	for _, l := range list {
		if !added && key <= l.Key {
			joined, added = append(joined, Label{key, value}), true
		}
		if l.Key != key {
			joined = append(joined, l)
		}
	}
	if !added {
		joined = append(joined, Label{key, value})
	}
	return unsafe.Pointer(&Set{joined})
}

// Lookup returns the value of a label in the set p, "" if there is none or the layout is not known.
func Lookup(p unsafe.Pointer, key string) string {
	if p == nil || !fast {
		return ""
	}
	for _, l := range (*Set)(p).List {
		if l.Key == key {
			return l.Value
		}
	}
	return ""
}

//go:build go1.21

// Package slot keeps the active span of a goroutine in the goroutine's profiler-label slot.
//
// The slot is the one word that the Go runtime gives every goroutine and copies to each goroutine that it
// starts. While a span is active the slot points to a valid pprof label set, which carries the labels that
// the program itself had set plus "span id" and "local root span id". CPU and goroutine profiles come out
// labelled by span, and the way back from any label set to the span is the data pointer of the label's
// value: it points at the digits inside the span. A label set that the program derives from ours
// (pprof.Do, pprof.WithLabels) copies the entry, pointer included, so the span is found from that one too.
//
// The package knows label sets and nodes. It knows nothing of spans, traces or which span counts where.
package slot

import (
	"unsafe"
)

// Label is laid out as the entries of a pprof label set are.
type Label struct{ Key, Value string }

// Set is laid out as runtime/pprof.labelMap is (Go 1.24 and later); Init makes sure that it is so.
type Set struct{ List []Label }

// A Node is what a span carries so that the slot can point to it. It must be in memory of its own span
// for as long as any label set refers to it, which the digits' pointer sees to.
// Everything in it is written by Prepare and only read afterwards.
type Node struct {
	set    Set
	own    [2]Label
	base   unsafe.Pointer // the label set without any span of ours, as it was before the first one; may be nil
	digits [20]byte
}

// The texts of the two keys, in memory of their own: an entry is ours if its key has this data pointer. A constant
// would not do, the linker merges equal ones, and another tracer uses the same words.
var (
	spanKeyText = [...]byte{'s', 'p', 'a', 'n', ' ', 'i', 'd'}
	rootKeyText = [...]byte{'l', 'o', 'c', 'a', 'l', ' ', 'r', 'o', 'o', 't', ' ', 's', 'p', 'a', 'n', ' ', 'i', 'd'}
)

func spanKey() string { return unsafe.String(&spanKeyText[0], len(spanKeyText)) }
func rootKey() string { return unsafe.String(&rootKeyText[0], len(rootKeyText)) }

// ours tells whether a key is one of the two, and mine whether the entry leads to a node.
func mine(key string) bool { return unsafe.StringData(key) == &spanKeyText[0] }
func ours(key string) bool { return mine(key) || unsafe.StringData(key) == &rootKeyText[0] }

// Get returns the label set of the calling goroutine, nil if it has none.
func Get() unsafe.Pointer { return getProfLabel() }

// Put makes p, a label set, the calling goroutine's. Where nothing is known of label sets it does nothing, and no span
// is ever found without a context.
func Put(p unsafe.Pointer) {
	if ctxKey != nil {
		setProfLabel(p)
	}
}

// Prepare fills n for a span with this id, whose local root has the node root (n itself for a root). The
// label set before is the one whose own labels n takes over.
func (n *Node) Prepare(root *Node, id uint64, before unsafe.Pointer) {
	text := unsafe.String(&n.digits[0], len(appendDigits(n.digits[:0], id)))
	n.own[1] = Label{spanKey(), text}
	if !fast {
		n.prepareSlow(root, before)
		return
	}
	n.own[0] = Label{rootKey(), root.Text()}
	n.set.List = n.own[:]
	if before == nil {
		return
	}
	if m := exact(before); m != nil { // the usual case: directly below another span
		n.base = m.base
		if len(m.set.List) == len(m.own) {
			return
		}
	} else {
		n.base = Strip(before)
	}
	if n.base != nil {
		n.set.List = merge((*Set)(n.base).List, n)
	}
}

// Text is the node's id as decimal digits.
func (n *Node) Text() string { return n.own[1].Value }

// Pointer is the label set of n, to be given to Put.
func (n *Node) Pointer() unsafe.Pointer {
	if !fast {
		return *n.made()
	}
	return unsafe.Pointer(&n.set)
}

// Base is the label set that was there before any span, nil if there was none.
func (n *Node) Base() unsafe.Pointer { return n.base }

// Find returns the node that a label set leads to, nil if it leads to none.
func Find(p unsafe.Pointer) *Node {
	if p == nil {
		return nil
	}
	if !fast {
		return findSlow(p)
	}
	list := (*Set)(p).List
	for i := len(list) - 1; i >= 0; i-- { // ours sort late
		if mine(list[i].Key) {
			digits := unsafe.Pointer(unsafe.StringData(list[i].Value))
			return (*Node)(unsafe.Add(digits, -int(unsafe.Offsetof(Node{}.digits))))
		}
	}
	return nil
}

// exact returns the node whose very own label set p is; nil also for a set derived from it.
func exact(p unsafe.Pointer) *Node {
	if n := Find(p); n != nil && n.Pointer() == p {
		return n
	}
	return nil
}

// Strip returns p without our entries: p itself if there are none, nil if nothing else is in it.
func Strip(p unsafe.Pointer) unsafe.Pointer {
	if n := exact(p); n != nil {
		return n.base
	}
	if p == nil || !fast || Find(p) == nil {
		return p
	}
	list := without((*Set)(p).List)
	if len(list) == 0 {
		return nil
	}
	return unsafe.Pointer(&Set{list})
}

// Replace returns the label set p with n's entries in place of ours, or without any if n is nil. It serves a
// program that put a set derived from a span's into the slot: its own labels stay there.
func Replace(p unsafe.Pointer, n *Node) unsafe.Pointer {
	user := Strip(p)
	switch {
	case n == nil:
		return user
	case user == n.base || !fast:
		return n.Pointer()
	case user == nil:
		return unsafe.Pointer(&Set{n.own[:]})
	}
	return unsafe.Pointer(&Set{merge((*Set)(user).List, n)})
}

// merge returns the user's labels and n's, in the order of their keys, each key once.
func merge(user []Label, n *Node) []Label {
	list := make([]Label, 0, len(user)+len(n.own))
	add := n.own[:]
	for _, l := range user {
		for len(add) > 0 && add[0].Key <= l.Key {
			list, add = append(list, add[0]), add[1:]
		}
		if l.Key != spanKey() && l.Key != rootKey() { // another tracer's go: a key stands once in a set
			list = append(list, l)
		}
	}
	return append(list, add...)
}

// without returns the labels that are not ours.
func without(list []Label) []Label {
	var user []Label
	for _, l := range list {
		if !ours(l.Key) {
			user = append(user, l)
		}
	}
	return user
}

const pairs = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748" +
	"4950515253545556575859606162636465666768697071727374757677787980818283848586878889909192939495969798" + "99"

// appendDigits writes v as decimal digits. Eight at a time are cut off, so that the processor does not wait for one division
// after the other.
func appendDigits(b []byte, v uint64) []byte {
	const cut = 1e8
	var buf [24]byte
	top := v / cut
	eight((*[8]byte)(buf[16:]), uint32(v-top*cut))
	eight((*[8]byte)(buf[8:]), uint32(top%cut))
	eight((*[8]byte)(buf[:]), uint32(top/cut))
	i := 0
	for i < len(buf)-1 && buf[i] == '0' {
		i++
	}
	return append(b, buf[i:]...)
}

// eight writes v, below 100,000,000, as eight digits.
func eight(b *[8]byte, v uint32) {
	high, low := v/1e4, v%1e4
	copy(b[0:], pairs[2*(high/100):][:2])
	copy(b[2:], pairs[2*(high%100):][:2])
	copy(b[4:], pairs[2*(low/100):][:2])
	copy(b[6:], pairs[2*(low%100):][:2])
}

//go:build go1.21

package slot

import (
	"context"
	"reflect"
	"runtime/pprof"
	"sync"
	"time"
	"unsafe"
)

// What Init found out; written once before the first span, read freely afterwards.
var (
	once    sync.Once
	known   bool           // label sets are laid out as Set is
	fast    bool           // and that is made use of
	ctxKey  any            // the key under which pprof keeps a label set in a context; nil if unknown
	mapType unsafe.Pointer // the type word of *pprof.labelMap
)

// ForceFallback switches to the slower path, as if label sets were laid out otherwise, or back. For tests, while no
// span is active.
func ForceFallback(on bool) {
	Init()
	fast = known && !on
}

// Init compares what the public pprof API makes with what this package assumes. It must be called, and may be called
// often, before anything else here.
func Init() { once.Do(inspect) }

// IsContextKey tells whether a context is asked for its pprof label set.
func IsContextKey(key any) bool { return ctxKey != nil && key == ctxKey }

// FastPath tells whether label sets are as this package knows them.
func FastPath() bool { return fast }

// keyCatcher is a context that remembers the key it was asked for.
type keyCatcher struct{ key any }

func (*keyCatcher) Deadline() (time.Time, bool) { return time.Time{}, false }
func (*keyCatcher) Done() <-chan struct{}       { return nil }
func (*keyCatcher) Err() error                  { return nil }
func (c *keyCatcher) Value(key any) any         { c.key = key; return nil }

func inspect() {
	catcher := new(keyCatcher)
	ctx := pprof.WithLabels(catcher, pprof.Labels("b", "2", "a", "1"))
	if catcher.key == nil {
		return
	}
	labels := ctx.Value(catcher.key)
	t := reflect.TypeOf(labels)
	if t == nil || t.Kind() != reflect.Pointer {
		return
	}
	made := (*eface)(unsafe.Pointer(&labels))
	if !inSlot(ctx, made.data) {
		return
	}
	ctxKey, mapType = catcher.key, made.typ
	known = sameLayout(t.Elem()) && sameContent(made.data)
	fast = known
}

// inSlot tells whether the slot holds what the context holds.
func inSlot(ctx context.Context, p unsafe.Pointer) bool {
	before := getProfLabel()
	pprof.SetGoroutineLabels(ctx)
	same := getProfLabel() == p
	setProfLabel(before)
	return same
}

// sameLayout tells whether t is, perhaps through structs of one field, a slice of pairs of strings.
func sameLayout(t reflect.Type) bool {
	if t.Size() != unsafe.Sizeof(Set{}) {
		return false
	}
	for t.Kind() == reflect.Struct && t.NumField() == 1 {
		t = t.Field(0).Type
	}
	if t.Kind() != reflect.Slice {
		return false
	}
	e := t.Elem()
	return e.Kind() == reflect.Struct && e.NumField() == 2 && e.Size() == unsafe.Sizeof(Label{}) &&
		e.Field(0).Type.Kind() == reflect.String && e.Field(1).Type.Kind() == reflect.String
}

// sameContent tells whether the set made of b=2 and a=1 reads as a sorted list of the two.
func sameContent(p unsafe.Pointer) bool {
	list := (*Set)(p).List
	return len(list) == 2 && list[0] == Label{"a", "1"} && list[1] == Label{"b", "2"}
}

// eface is how an interface value without methods is laid out.
type eface struct{ typ, data unsafe.Pointer }

// pack makes a label set the value that pprof expects to find in a context. mapType is a pointer's type, so
// the data word is the pointer itself.
func pack(p unsafe.Pointer) any {
	if p == nil || mapType == nil {
		return nil
	}
	var v any
	e := (*eface)(unsafe.Pointer(&v))
	e.typ, e.data = mapType, p
	return v
}

// Value is a label set as pprof expects to find it in a context; nil for none.
func Value(p unsafe.Pointer) any { return pack(p) }

// unpack is the reverse of pack; nil for a value of another type.
func unpack(v any) unsafe.Pointer {
	if e := (*eface)(unsafe.Pointer(&v)); v != nil && e.typ == mapType {
		return e.data
	}
	return nil
}

// InContext answers a context's IsContextKey question for the span of n: the labels of the context that it was
// started in (outer is that one's answer), with n's entries. So pprof.Do inside a span keeps the span, and what it
// restores at its end is the span's label set rather than none.
func (n *Node) InContext(outer any) any {
	if !fast {
		return pack(n.inContextSlow(unpack(outer)))
	}
	p := unpack(outer)
	user := Strip(p)
	switch {
	case user == n.base:
		return pack(n.Pointer())
	case user == nil:
		return pack(unsafe.Pointer(&Set{n.own[:]}))
	}
	return pack(unsafe.Pointer(&Set{merge((*Set)(user).List, n)}))
}

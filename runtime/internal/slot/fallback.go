//go:build go1.21

package slot

import (
	"context"
	"runtime/pprof"
	"sync"
	"unsafe"
)

// The fallback: label sets whose layout is not known are made by the public API, and the way from a set to its node
// is a table. It is bounded: when it is full the oldest entry goes, and its span is no longer
// found without a context.
const registryLimit = 16 << 10

type entry struct {
	node *Node
	set  unsafe.Pointer // keeps the label set in memory, so that no other gets its address
}

var registry struct {
	sync.RWMutex
	nodes map[unsafe.Pointer]*Node
	ring  []entry
	next  int
}

// adopted is a context with a given label set and nothing else.
type adopted struct {
	context.Context
	set unsafe.Pointer
}

func (a adopted) Value(key any) any {
	if IsContextKey(key) {
		return pack(a.set)
	}
	return nil
}

func (n *Node) prepareSlow(root *Node, before unsafe.Pointer) {
	n.own = [2]Label{{"local root span id", root.Text()}, {"span id", n.Text()}}
	n.base = baseSlow(before)
	*n.made() = n.makeSlow(n.base)
}

// made is where the label set stands that the public API has made: in place of the list, which only the fast path uses.
func (n *Node) made() *unsafe.Pointer { return (*unsafe.Pointer)(unsafe.Pointer(&n.set)) }

// inContextSlow is the label set for a context whose parent has the set outer.
func (n *Node) inContextSlow(outer unsafe.Pointer) unsafe.Pointer {
	if user := baseSlow(outer); user != n.base {
		return n.makeSlow(user)
	}
	return *n.made()
}

// baseSlow returns the program's own part of a label set, as far as it can be told.
func baseSlow(p unsafe.Pointer) unsafe.Pointer {
	if m := findSlow(p); m != nil {
		return m.base
	}
	return p
}

// makeSlow makes a label set of the user's and the node's labels.
func (n *Node) makeSlow(user unsafe.Pointer) unsafe.Pointer {
	if ctxKey == nil {
		return nil
	}
	ctx := pprof.WithLabels(adopted{context.Background(), user},
		pprof.Labels(n.own[0].Key, n.own[0].Value, n.own[1].Key, n.own[1].Value))
	p := unpack(ctx.Value(ctxKey))
	if p != nil {
		register(n, p)
	}
	return p
}

func register(n *Node, set unsafe.Pointer) {
	registry.Lock()
	defer registry.Unlock()
	if registry.nodes == nil {
		registry.nodes = make(map[unsafe.Pointer]*Node)
	}
	if len(registry.ring) < registryLimit {
		registry.ring = append(registry.ring, entry{n, set})
	} else {
		delete(registry.nodes, registry.ring[registry.next].set)
		registry.ring[registry.next] = entry{n, set}
		registry.next = (registry.next + 1) % registryLimit
	}
	registry.nodes[set] = n
}

func findSlow(p unsafe.Pointer) *Node {
	if p == nil {
		return nil
	}
	registry.RLock()
	defer registry.RUnlock()
	return registry.nodes[p]
}

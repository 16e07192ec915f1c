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
	n.base = before
	if m := findSlow(before); m != nil {
		n.base = m.base
	}
	if ctxKey == nil {
		return
	}
	ctx := pprof.WithLabels(adopted{context.Background(), n.base},
		pprof.Labels("local root span id", root.text(), "span id", n.text()))
	n.alt = unpack(ctx.Value(ctxKey))
	if n.alt != nil {
		register(n)
	}
}

func register(n *Node) {
	registry.Lock()
	defer registry.Unlock()
	if registry.nodes == nil {
		registry.nodes = make(map[unsafe.Pointer]*Node)
	}
	if len(registry.ring) < registryLimit {
		registry.ring = append(registry.ring, entry{n, n.alt})
	} else {
		delete(registry.nodes, registry.ring[registry.next].set)
		registry.ring[registry.next] = entry{n, n.alt}
		registry.next = (registry.next + 1) % registryLimit
	}
	registry.nodes[n.alt] = n
}

func findSlow(p unsafe.Pointer) *Node {
	if p == nil {
		return nil
	}
	registry.RLock()
	defer registry.RUnlock()
	return registry.nodes[p]
}

//go:build go1.21

package stats

import "sync/atomic"

// Known remembers for spans that are all alike, but for what AddKnown is given, where they are counted: they need no key.
// The zero value knows nothing.
type Known [maxTables]atomic.Pointer[place]

// place is a group of a table, which is what the batches of an index have for a while.
type place struct {
	t          *table
	g          *group
	service    *string
	synthetics bool
}

// AddKnown counts Point, of which the key need not be filled but for Synthetics, if it is known where. It is known for
// one service at a time, by its address.
func (b *Batch) AddKnown(k *Known, service *string) bool {
	p := &b.Point
	b.prepare()
	at := k[b.index].Load()
	if at == nil || at.t != b.t || at.service != service || at.synthetics != p.Synthetics {
		return false
	}
	at.g.add(p, b.b)
	return true
}

// AddAs is Add for a span that AddKnown has not counted; the next ones it will.
func (b *Batch) AddAs(k *Known, service *string) {
	if g := b.add(); g != nil {
		k[b.index].Store(&place{b.t, g, service, b.Point.Synthetics})
	}
}

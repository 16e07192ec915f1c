//go:build go1.21

package v1

import (
	"hash/maphash"
	"unicode/utf8"
	"unsafe"

	"github.com/ddinstrument/ddinstrument/runtime/internal/msgpack"
)

const (
	firstEntries = 1 << 9  // 8 KiB
	keptEntries  = 1 << 14 // 256 KiB: a larger table is not kept for the next payload
	mostEntries  = 1 << 17 // 2 MiB
	mostStrings  = mostEntries / 4 * 3
)

// table knows the strings that stand in the payload already. It is a hash table with open addressing; the strings
// themselves are those in the payload, so that it holds no pointers and costs no allocation for a string. Once it is full,
// what is new is sent in full each time: the agent, which knows them all, gives a string that it knows no second index.
type table struct {
	seed    maphash.Seed
	entries []entry // a power of two
	fresh   int     // how many strings have been appended in full
	used    uint32  // and the index of the last string; the empty one, which is in no entry, has index 0
}

type entry struct{ hash, at, size, index uint32 } // size 0: free

func (t *table) reset() {
	t.used = 0
	if n := len(t.entries); n == 0 || n > keptEntries {
		t.entries = make([]entry, firstEntries)
	} else {
		clear(t.entries)
	}
}

// append appends s to the payload b: in full if it is there for the first time.
func (t *table) append(b, s []byte) []byte {
	if len(s) == 0 {
		return append(b, 0)
	}
	hash := uint32(maphash.Bytes(t.seed, s))
	mask := uint32(len(t.entries) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		e := &t.entries[i]
		if e.size == 0 {
			return t.add(b, s, e, hash)
		}
		if e.hash == hash && int(e.size) == len(s) && string(b[e.at:e.at+e.size]) == string(s) {
			return msgpack.AppendUint(b, uint64(e.index))
		}
	}
}

// add appends s in full and puts it into the free entry. The agent repairs what is no UTF-8 in a v0.4 payload, and
// takes a v1.0 payload as it is: so it is repaired here, in the same way, and what comes of it may be there already.
func (t *table) add(b, s []byte, free *entry, hash uint32) []byte {
	if !utf8.Valid(s) {
		return t.append(b, []byte(string([]rune(string(s)))))
	}
	b = msgpack.AppendString(b, unsafe.String(&s[0], len(s)))
	t.fresh++
	if t.used == mostStrings {
		return b
	}
	t.used++
	*free = entry{hash, uint32(len(b) - len(s)), uint32(len(s)), t.used}
	if 4*int(t.used) > 3*len(t.entries) { // never at mostEntries
		t.grow()
	}
	return b
}

func (t *table) grow() {
	old := t.entries
	t.entries = make([]entry, 2*len(old))
	mask := uint32(len(t.entries) - 1)
	for _, e := range old {
		if e.size == 0 {
			continue
		}
		i := e.hash & mask
		for t.entries[i].size != 0 {
			i = (i + 1) & mask
		}
		t.entries[i] = e
	}
}

// view is a string's bytes, only to be read.
func view(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

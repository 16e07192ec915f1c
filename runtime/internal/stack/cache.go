//go:build go1.21

package stack

import (
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
)

// The same errors happen again and again in the same places. What has been found out about a stack is kept in two tables
// of fixed size, in which a new entry takes the place of an old one.
var (
	taken    [tableSize]atomic.Pointer[walked]
	rendered [tableSize]atomic.Pointer[rendering]
)

const (
	tableSize = 512
	maxKept   = 8 << 10 // bytes of a text that is kept: 4 MiB in all, at worst
)

// walked is a stack as the frame pointers tell it, and as runtime.Callers does, which takes twenty times as long. The one
// follows from the other.
type walked struct {
	skip, depth int
	frames      []uintptr
	pcs         []uintptr
}

// maxWalk is how many frames are looked at. Whatever is below the ones that are asked for does not matter.
const maxWalk = 80

// cached is ask with the help of the table.
func cached(skip, depth int) []uintptr {
	var buf [maxWalk]uintptr
	most := min(depth+margin+skip+4, maxWalk)
	frames := buf[:walk(&buf[0], most)]
	if !enough(frames, depth+margin+skip+4) {
		return ask(skip+1, depth)
	}
	at := &taken[place(frames)]
	if w := at.Load(); w != nil && w.skip == skip && w.depth == depth && slices.Equal(w.frames, frames) {
		return w.pcs
	}
	w := &walked{skip, depth, slices.Clone(frames), ask(skip+1, depth)}
	if !faulted(w.pcs) {
		at.Store(w)
	}
	return w.pcs
}

// faulted tells whether a fault of the processor's has interrupted a function of the stack. If that one had no frame of its
// own, the chain leaves out from where it was called, and what it has follows from it no more.
func faulted(pcs []uintptr) bool {
	for _, pc := range pcs {
		if f := runtime.FuncForPC(pc - 1); f != nil && strings.HasPrefix(f.Name(), "runtime.sigpanic") {
			return true
		}
	}
	return false
}

// enough tells whether frames say all of a stack that counts: either so many, or down to where the goroutine began. The
// chain ends early where assembly or C has used the register for something else.
func enough(frames []uintptr, wanted int) bool {
	n := len(frames)
	if n == 0 || n >= wanted {
		return n > 0
	}
	last := frames[n-1]
	if bottom.Load() == last {
		return true
	}
	if f := runtime.FuncForPC(last - 1); f == nil || f.Entry() != goexitCaller() {
		return false
	}
	bottom.Store(last)
	return true
}

// bottom is the return address below the first function of every goroutine, in runtime.goexit; 0 until it has been seen.
var bottom atomic.Uintptr

// goexitCaller is where the function begins that runtime.Callers finds below all others; 0 if that is not runtime.goexit.
func goexitCaller() uintptr {
	pcs := make([]uintptr, 512)
	n := runtime.Callers(1, pcs)
	if n == 0 {
		return 0
	}
	if f := runtime.FuncForPC(pcs[n-1] - 1); f != nil && f.Name() == "runtime.goexit" {
		return f.Entry()
	}
	return 0
}

// place is where a stack stands in the tables.
func place(pcs []uintptr) int {
	h := uint64(14695981039346656037)
	for _, pc := range pcs {
		h = (h ^ uint64(pc)) * 1099511628211
	}
	return int((h ^ h>>32) % tableSize)
}

// rendering is a stack's text.
type rendering struct {
	depth int
	pcs   []uintptr
	text  string
}

// Text renders the first depth frames of a stack as debug.Stack does, function and file:line, without the runtime's
// own. Of a panic's stack the first line is where it happened. Over 25,000 bytes the depth is halved until it fits.
func Text(pcs []uintptr, depth int) string {
	at := &rendered[place(pcs)]
	if r := at.Load(); r != nil && r.depth == depth && slices.Equal(r.pcs, pcs) {
		return r.text
	}
	text := fitting(pcs, depth)
	if len(text) <= maxKept {
		at.Store(&rendering{depth, pcs, text})
	}
	return text
}

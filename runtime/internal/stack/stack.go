//go:build go1.21

// Package stack takes the calling goroutine's stack as program counters, cheaply, and makes text of them later.
package stack

import (
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// ours is how the names of the runtime's own functions begin; a reader of an error's stack does not want them.
const ours = "github.com/ddinstrument/ddinstrument/runtime/"

// margin is how many frames may turn out to be ours or the Go runtime's and are left out.
const margin = 24

// maxText is the most bytes that a stack's text may have (25,000 characters is what the agent keeps of a tag).
const maxText = 25000

var goexitEntry = reflect.ValueOf(runtime.Goexit).Pointer()

// Callers returns the program counters of the stack above its caller's caller (skip 0), as many as depth frames of
// text may need. They are not to be changed.
func Callers(skip, depth int) []uintptr {
	if depth <= 0 {
		return nil
	}
	return cached(skip, depth)
}

// CallersOfPanic is Callers where a panic is on the stack. Below a fault of the processor's, the frame pointers may leave
// out a frame.
func CallersOfPanic(skip, depth int) []uintptr {
	if depth <= 0 {
		return nil
	}
	return ask(skip, depth)
}

// ask asks the Go runtime.
func ask(skip, depth int) []uintptr {
	var buf [128]uintptr
	pcs := buf[:]
	if depth+margin < len(pcs) {
		pcs = pcs[:depth+margin]
	} else if depth+margin > len(pcs) {
		pcs = make([]uintptr, depth+margin)
	}
	n := runtime.Callers(skip+4, pcs)
	return append([]uintptr(nil), pcs[:n]...)
}

// DeferredBy says by whom the deferred function is run, of which pcs is the caller's stack: the Go runtime's panic,
// or its Goexit; neither means that the function that deferred it returns. That one may itself have been run by a
// panic: only the very caller counts.
func DeferredBy(pcs []uintptr) (panicking, exiting bool) {
	for _, pc := range pcs {
		f := runtime.FuncForPC(pc - 1)
		switch {
		case f == nil:
			return false, false
		case f.Entry() == goexitEntry:
			return false, true
		case f.Name() == "runtime.gopanic":
			return true, false
		case !strings.Contains(f.Name(), ".deferwrap"):
			return false, false
		}
	}
	return false, false
}

// Repanicked tells whether a deferred function, whose caller's stack pcs is, is run by a panic that the end of a span has
// raised again: the one of which first was the stack when that end looked.
func Repanicked(pcs, first []uintptr) bool {
	name := func(i int) string {
		if i < len(pcs) {
			if f := runtime.FuncForPC(pcs[i] - 1); f != nil {
				return f.Name()
			}
		}
		return ""
	}
	i := 0
	if strings.Contains(name(0), ".deferwrap") {
		i = 1
	}
	if name(i) != "runtime.gopanic" || !strings.HasPrefix(name(i+1), ours+"tracer.(*") {
		return false
	}
	// Another panic of the same way may have been recovered meanwhile.
	rest := pcs[i+2:]
	n := min(len(rest), len(first))
	return n > 0 && slices.Equal(rest[:n], first[:n])
}

// recoverers are functions known to recover the panics of what they call, and to keep the program alive.
var recoverers = []string{
	"net/http.(*conn).serve",
	"net/http.(*timeoutHandler).ServeHTTP.func1", // whose own time runs meanwhile
	"net/http.(*http2serverConn).runHandler",
	"golang.org/x/net/http2.(*serverConn).runHandler",
	"net/rpc.(*service).call",
}

// Recovered tells whether a known recoverer is on the calling goroutine's stack, and gives a number for the lower end
// of that stack, which is the same for goroutines that were started in the same place.
func Recovered() (known bool, place uint64) {
	pcs := make([]uintptr, 512)
	pcs = pcs[:runtime.Callers(3, pcs)]
	place = 14695981039346656037
	for i, pc := range pcs {
		if i >= len(pcs)-6 {
			place = (place ^ uint64(pc)) * 1099511628211
		}
		if f := runtime.FuncForPC(pc - 1); f != nil {
			name := f.Name()
			for _, r := range recoverers {
				if name == r {
					return true, place
				}
			}
		}
	}
	return false, place
}

// frames remembers the text of program counters: an error that happens again costs some look-ups. Bounded.
var frames struct {
	sync.RWMutex
	known map[uintptr]frame
}

const maxFrames = 8192

type frame struct {
	text string // "function\n\tfile:line\n"
	skip bool   // ours, or the Go runtime's: not at the top of a stack
	ours bool   // not anywhere
}

func describe(pc uintptr) frame {
	frames.RLock()
	f, ok := frames.known[pc]
	frames.RUnlock()
	if ok {
		return f
	}
	fr, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	f.ours = strings.HasPrefix(fr.Function, ours) && isOurs(fr)
	f.skip = f.ours || strings.HasPrefix(fr.Function, "runtime.") || strings.Contains(fr.Function, ".deferwrap")
	f.text = fr.Function + "\n\t" + fr.File + ":" + strconv.Itoa(fr.Line) + "\n"
	frames.Lock()
	defer frames.Unlock()
	if frames.known == nil || len(frames.known) >= maxFrames {
		frames.known = make(map[uintptr]frame)
	}
	frames.known[pc] = f
	return f
}

// isOurs leaves in what only looks like the runtime: its tests, which play the user.
func isOurs(fr runtime.Frame) bool {
	return !strings.HasSuffix(fr.File, "_test.go")
}

func fitting(pcs []uintptr, depth int) string {
	for ; depth > 0; depth /= 2 {
		if text := render(pcs, depth); len(text) <= maxText {
			return text
		}
	}
	return ""
}

func render(pcs []uintptr, depth int) string {
	var b strings.Builder
	n := 0
	for _, pc := range pcs {
		f := describe(pc)
		if f.ours || n == 0 && f.skip {
			continue
		}
		if n++; n > depth {
			break
		}
		b.WriteString(f.text)
	}
	return b.String()
}

package rewriter

import (
	"bytes"
	"go/types"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// names hands out identifiers that mean nothing in a package yet, so that no
// name of the user's is shadowed, captured or declared twice.
type names struct {
	used map[string]bool // what does not stand in any of the package's files means nothing there
}

// varNames are the identifiers that are the same all over a package.
type varNames struct {
	span    string // a function's span
	ctx     string // a context parameter that had no name
	request string // a request parameter that had no name
	err     string // an error result that had no name
	end     string // the variable of type tracer.ProgramEnd
	block   string // the type of the variables that hold blocks
	call    string // the type of a span, where it has to be named
	seq     string // the function that traces an iter.Seq
	seq2    string // the function that traces an iter.Seq2
	here    string // the variable of type tracer.Here
	tracer  string // the import of the runtime
	iter    string // the import of iter
	os      string // the import of os
	testing string // the import of testing
}

func newNames(pkg *Package) *names {
	n := &names{used: map[string]bool{}}
	for _, f := range pkg.Files {
		n.words(f.Src)
	}
	for _, src := range pkg.Others {
		n.words(src)
	}
	for _, name := range pkg.Taken {
		n.used[name] = true
	}
	if pkg.Types != nil {
		n.scope(pkg.Types.Scope(), 1)
	}
	return n
}

// EndName is the variable that flushes when the program ends, unless the name
// means something already.
const EndName = ours + "exit"

// ours is how every name begins that is handed out.
const ours = "dd"

// words notes the words of a file that begin as our names do.
func (n *names) words(src []byte) {
	for at := 0; ; {
		next := bytes.Index(src[at:], []byte(ours))
		if next < 0 {
			return
		}
		from := at + next
		at = from + len(ours)
		for at < len(src) && isWord(src[at]) {
			at++
		}
		if from == 0 || !isWord(src[from-1]) {
			n.used[string(src[from:at])] = true
		}
	}
}

// isWord reports whether a byte may be part of an identifier.
func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= utf8.RuneSelf
}

// scope notes the names of the package and, one level down, of its files: what
// they import, dot imports included.
func (n *names) scope(s *types.Scope, levels int) {
	for _, name := range s.Names() {
		n.used[name] = true
	}
	for i := 0; levels > 0 && i < s.NumChildren(); i++ {
		n.scope(s.Child(i), levels-1)
	}
}

// free returns base, or base with a number when base means something already.
func (n *names) free(base string) string {
	name := base
	for i := 2; n.used[name]; i++ {
		name = base + strconv.Itoa(i)
	}
	return name
}

// fresh is free, and the name is taken from then on.
func (n *names) fresh(base string) string {
	name := n.free(base)
	n.used[name] = true
	return name
}

// numbered is fresh for names that are always numbered: base1, base2, ...
func (n *names) numbered(base string) string {
	for i := 1; ; i++ {
		if name := base + strconv.Itoa(i); !n.used[name] {
			n.used[name] = true
			return name
		}
	}
}

// reserve takes the names that are used in every function and site file.
func (n *names) reserve() varNames {
	return varNames{
		span:    n.fresh("ddspan"),
		ctx:     n.fresh("ddctx"),
		request: n.fresh("ddreq"),
		err:     n.fresh("dderr"),
		end:     n.fresh(EndName),
		block:   n.fresh("ddblock"),
		call:    n.fresh("ddcall"),
		seq:     n.fresh("ddseq"),
		seq2:    n.fresh("ddseq2"),
		here:    n.fresh("ddhere"),
		tracer:  n.fresh("ddtracer"),
		iter:    n.fresh("dditer"),
		os:      n.fresh("ddos"),
		testing: n.fresh("ddtesting"),
	}
}

// siteVar names the variable that holds a target's site: ddFunc, ddTypeMethod,
// ddFuncBlock1.
func (n *names) siteVar(path string) string {
	name := "dd"
	for part := range strings.SplitSeq(path, ".") {
		name += title(part)
	}
	return n.fresh(name)
}

func title(s string) string {
	s = strings.TrimLeft(s, "_")
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

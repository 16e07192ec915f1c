// Package directives is the language of ddinstrument: it reads //dd: comments,
// attaches them to the syntax they stand above, and says what is wrong with
// them, where. It knows nothing of rewriting, of files or of the go command.
package directives

import "go/token"

// A Verb is what follows "//dd:".
type Verb string

// The verbs of the language.
const (
	Trace   Verb = "trace"  // the target becomes a span
	Ignore  Verb = "ignore" // the target is left out of whatever would select it
	SetTags Verb = "tag"    // the active span gets tags
)

var verbs = []Verb{Trace, Ignore, SetTags}

// A Directive is one comment, parsed. The zero value of a field means that the
// key was not given.
type Directive struct {
	Verb     Verb
	Form     string    // the comment's first word: "//dd:trace", or another tool's
	Pos      token.Pos // of the comment's first slash
	Name     string    // the operation name
	Bare     bool      // without a name, the function's alone is meant
	Service  string
	Resource Value
	Type     string
	Kind     string
	Tags     []Tag   // evaluated at entry; of SetTags, where it stands
	Returns  []Tag   // evaluated when the function ends; always expressions
	Ignored  []Value // error values that do not mark the span; always expressions
	ErrorOff bool    // returned errors do not mark the span
	Root     bool    // the span starts a new trace
	Entry    bool    // the span is where a trace enters the process
	Measured bool    // the agent computes stats for the span

	// What narrows the choice of a type's, a package's or a rule's directive.
	Exported bool      // exported functions only, and methods of exported types
	Min      int       // functions with at least so many statements only
	narrows  token.Pos // where the last word stands that says so
}

// A Tag is one tag.KEY=VALUE or return.KEY=VALUE.
type Tag struct {
	Key   string
	Value Value
}

// A Value is a literal string or, with Expr set, the text of a Go expression.
type Value struct {
	Text string
	Expr bool
	Pos  token.Pos // of the text's first character in the source
	Word token.Pos // of the word KEY=VALUE that it's part of
}

// rename is the fix that puts another word for the key's first one.
func (t Tag) rename(from, to string) Fix {
	return Fix{"Replace " + from + "." + t.Key + " with " + to + "." + t.Key,
		t.Value.Word, t.Value.Word + token.Pos(len(from)), to}
}

// IsZero reports whether the value was not given.
func (v Value) IsZero() bool { return v == Value{} }

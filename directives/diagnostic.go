package directives

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
)

// A Diagnostic is something to say about a place in the source: what is wrong
// and what to do about it.
type Diagnostic struct {
	Pos     token.Position `json:"pos"`
	Message string         `json:"message"`
	Warning bool           `json:"warning,omitempty"` // said, but nothing is stopped by it
}

// String is the diagnostic as compilers print theirs: file:line:col: message.
func (d Diagnostic) String() string {
	warning := ""
	if d.Warning {
		warning = "warning: "
	}
	return fmt.Sprintf("%s: %s%s", d.Pos, warning, d.Message)
}

// Position is where a compiler would say that pos is, line comments taken into
// account, but for those that leave no file's name to say.
func Position(fset *token.FileSet, pos token.Pos) token.Position {
	if at := fset.Position(pos); at.Filename != "" {
		return at
	}
	return fset.PositionFor(pos, false)
}

// Sort orders diagnostics by position and drops those that say the same twice.
func Sort(list []Diagnostic) []Diagnostic {
	slices.SortStableFunc(list, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Pos.Filename, b.Pos.Filename),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.Compact(list)
}

package directives

import (
	"cmp"
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// A Diagnostic is something to say about a place in the source: what is wrong
// and what to do about it.
type Diagnostic struct {
	Pos     token.Position `json:"pos"`
	Message string         `json:"message"`
	Warning bool           `json:"warning,omitempty"` // said, but nothing is stopped by it
	At      token.Pos      `json:"-"`                 // Pos in the file set; none for what is not Go source
	Fix     Fix            `json:"-"`                 // what mends it, where that is clear
}

// A Fix mends what a diagnostic speaks of by replacing a piece of the source.
// The zero Fix is none.
type Fix struct {
	Message  string // what it does, as an editor offers it: "Delete ..."
	Pos, End token.Pos
	Text     string
}

// deleteLine is the fix that takes out the line of a directive.
func deleteLine(fset *token.FileSet, pos token.Pos) Fix {
	file, line := fset.File(pos), fset.PositionFor(pos, false).Line
	end := token.Pos(file.Base() + file.Size())
	if line < file.LineCount() {
		end = file.LineStart(line + 1)
	}
	return Fix{"Delete this directive", file.LineStart(line), end, ""}
}

// At makes a diagnostic about a place in a file.
func At(fset *token.FileSet, pos token.Pos, message string) Diagnostic {
	return Diagnostic{Pos: Position(fset, pos), Message: message, At: pos}
}

// String is the diagnostic as compilers print theirs: file:line:col: message.
// In a flag of the command line there are columns only.
func (d Diagnostic) String() string {
	warning := ""
	if d.Warning {
		warning = "warning: "
	}
	place := d.Pos.String()
	if strings.HasPrefix(d.Pos.Filename, "--") && d.Pos.IsValid() {
		place = d.Pos.Filename + ": " + strconv.Itoa(d.Pos.Column)
	}
	return fmt.Sprintf("%s: %s%s", place, warning, d.Message)
}

// Unparsed is what a parser's error says.
func Unparsed(err error) []Diagnostic {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return nil // the file could not be read
	}
	said := make([]Diagnostic, len(list))
	for i, e := range list {
		said[i] = Diagnostic{Pos: e.Pos, Message: e.Msg}
	}
	return said
}

// Position is where a compiler would say that pos is, line comments taken into
// account, but for those that leave no file's name to say.
func Position(fset *token.FileSet, pos token.Pos) token.Position {
	if at := fset.Position(pos); at.Filename != "" {
		return at
	}
	return fset.PositionFor(pos, false)
}

// ComparePositions orders positions by file, line and column.
func ComparePositions(a, b token.Position) int {
	return cmp.Or(cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// Sort orders diagnostics by position and drops those that say the same twice.
func Sort(list []Diagnostic) []Diagnostic {
	slices.SortStableFunc(list, func(a, b Diagnostic) int {
		return cmp.Or(ComparePositions(a.Pos, b.Pos), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(list, func(a, b Diagnostic) bool { return a.Pos == b.Pos && a.Message == b.Message })
}

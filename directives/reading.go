package directives

import "go/token"

// A Reading tells what a comment was read as.
type Reading struct {
	Pos  token.Position `json:"pos"`
	Form string         `json:"form"`           // its first word
	On   string         `json:"on"`             // what it stands above
	Name string         `json:"name,omitempty"` // of the span, where it makes one
}

// read notes a directive that has been understood.
func (f *finder) read(d Directive, on string) *Reading {
	f.found.Read = append(f.found.Read, Reading{Pos: Position(f.fset, d.Pos), Form: d.Form, On: on})
	return &f.found.Read[len(f.found.Read)-1]
}

package directives

import "go/token"

// ParseRules reads a file of rules.
func ParseRules(fset *token.FileSet, name string, src []byte) ([]Rule, []Diagnostic) { return nil, nil }

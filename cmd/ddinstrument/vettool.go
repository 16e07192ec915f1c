package main

import (
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/ddinstrument/ddinstrument/directives/analyzer"
)

// serveVet does what the go command asks for when this program is the tool of
//
//	go vet -vettool=$(which ddinstrument) ./...
//
// and then does not return: it checks the directives of one package.
func serveVet(args []string) {
	if isVet(args) {
		unitchecker.Main(analyzer.Analyzer)
	}
}

// isVet reports whether a command line is the go command's to a vet tool: it
// asks for the version or the flags, or names a package's configuration.
func isVet(args []string) bool {
	if len(args) == 0 {
		return false
	}
	first, last := args[0], args[len(args)-1]
	flags := strings.HasPrefix(first, "-") || len(args) == 1
	return first == "-V=full" || first == "-flags" || flags && strings.HasSuffix(last, ".cfg")
}

// Package analyzer is the directive language as a go/analysis Analyzer: what
// `ddinstrument check` says about the directives of a package is said by go
// vet, by an editor or by any other driver of analyzers, with the edits that
// mend it. It adds nothing to the language; that is package directives.
package analyzer

import (
	"go/ast"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/ddinstrument/ddinstrument/directives"
)

// Analyzer reports mistakes in //dd: directives.
var Analyzer = &analysis.Analyzer{
	Name: "ddinstrument",
	Doc: `check //dd:trace directives

The ddinstrument command makes spans of functions and statements that a comment
//dd:trace stands above. This analyzer reports what is wrong with such comments:
unknown keys, values that do not parse or type-check in the scope of the traced
code, directives that stand above nothing that can be traced.`,
	URL:              "https://pkg.go.dev/github.com/ddinstrument/ddinstrument/directives/analyzer",
	Run:              run,
	RunDespiteErrors: true,
}

// warning is the category of a diagnostic that stops no build.
const warning = "warning"

func run(pass *analysis.Pass) (any, error) {
	if slices.ContainsFunc(pass.Files, isAdded) {
		return nil, nil // the package as it is built: the directives have become code
	}
	files := make([]directives.File, len(pass.Files))
	for i, f := range pass.Files {
		files[i] = directives.File{Syntax: f, Test: strings.HasSuffix(pass.Fset.File(f.FileStart).Name(), "_test.go")}
	}
	_, diagnostics := directives.Select(directives.Package{
		Fset: pass.Fset, Files: files, Types: pass.Pkg, Info: pass.TypesInfo,
	})
	for _, d := range diagnostics {
		pass.Report(diagnostic(d))
	}
	return nil, nil
}

// isAdded reports whether a file is the one that a traced package gets.
func isAdded(file *ast.File) bool {
	return len(file.Comments) > 0 && file.Comments[0].List[0].Text == directives.Header
}

// diagnostic says it in the driver's terms.
func diagnostic(d directives.Diagnostic) analysis.Diagnostic {
	said := analysis.Diagnostic{Pos: d.At, Message: d.Message}
	if d.Warning {
		said.Category = warning
	}
	if d.Fix != (directives.Fix{}) {
		said.SuggestedFixes = []analysis.SuggestedFix{{
			Message:   d.Fix.Message,
			TextEdits: []analysis.TextEdit{{Pos: d.Fix.Pos, End: d.Fix.End, NewText: []byte(d.Fix.Text)}},
		}}
	}
	return said
}

package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"

	"github.com/ddinstrument/ddinstrument/directives"
)

// prepared is a file as the run has it.
func (r *run) prepared(src []byte) []byte {
	if r.statements {
		src = above(src)
	}
	if r.change.untidy {
		src = bytes.ReplaceAll(src, []byte("\n\t\t"), []byte("\n  \t\t"))
	}
	if r.change.returns {
		src = bytes.ReplaceAll(plain(src), []byte("\n"), []byte("\r\n"))
	}
	if r.change.mark {
		src = append([]byte("\xef\xbb\xbf"), plain(src)...)
	}
	return src
}

// above puts a directive above every statement that one may stand above.
func above(src []byte) []byte {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments)
	if err != nil {
		return src
	}
	lines := map[int]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		for _, s := range directives.Statements(n) {
			switch s.(type) {
			case *ast.CaseClause, *ast.CommClause, *ast.EmptyStmt:
				continue
			}
			pos := fset.PositionFor(s.Pos(), false)
			start := bytes.LastIndexByte(src[:pos.Offset], '\n') + 1
			if len(bytes.TrimSpace(src[start:pos.Offset])) == 0 {
				lines[pos.Line] = true
			}
		}
		return true
	})
	out := insert(src, lines)
	return drop(out, refusals(out))
}

const directive = "//dd:trace"

// insert puts the directive above lines.
func insert(src []byte, lines map[int]bool) []byte {
	var b bytes.Buffer
	for i, line := range bytes.SplitAfter(src, []byte("\n")) {
		if lines[i+1] {
			b.Write(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
			b.WriteString(directive + "\n")
		}
		b.Write(line)
	}
	return b.Bytes()
}

// refusals are the lines of directives that something is wrong with.
func refusals(src []byte) map[int]bool {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments)
	if err != nil {
		return nil
	}
	lines := map[int]bool{}
	_, diagnostics := directives.Find(fset, file)
	for _, d := range diagnostics {
		lines[d.Pos.Line] = true
	}
	return lines
}

// drop takes lines away.
func drop(src []byte, lines map[int]bool) []byte {
	var b bytes.Buffer
	for i, line := range bytes.SplitAfter(src, []byte("\n")) {
		if !lines[i+1] {
			b.Write(line)
		}
	}
	return b.Bytes()
}

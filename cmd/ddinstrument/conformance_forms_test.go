package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A conformForm is a way to trace what a function does. The program of TestConformance has its directives on functions.
// Each form has a copy of it with the directives on what stands in their place.
type conformForm struct {
	name string
	body func(w *bytes.Buffer, f *formFile, directive string, fn *ast.FuncDecl)
}

// function is the form of the program as it is.
const function = "function"

var conformForms = []conformForm{
	{"block", func(w *bytes.Buffer, f *formFile, directive string, fn *ast.FuncDecl) {
		fmt.Fprintf(w, "{\n%s\n%s\n}", withoutReturns(directive), f.text(fn.Body))
	}},
	{"statement", func(w *bytes.Buffer, f *formFile, directive string, fn *ast.FuncDecl) {
		fmt.Fprintf(w, "{\n%s\nswitch {\ndefault:\n%s\n}\n}", withoutReturns(directive), strings.TrimSuffix(f.text(fn.Body)[1:], "}"))
	}},
	{"literal", func(w *bytes.Buffer, f *formFile, directive string, fn *ast.FuncDecl) {
		call, signature := passOn(fn), f.text(fn.Type.Params)
		if call == "" {
			signature = "()"
		}
		ret := ""
		if fn.Type.Results != nil {
			signature += f.text(fn.Type.Results)
			ret = "return "
		}
		fmt.Fprintf(w, "{\n%s\nliteral := func%s %s\n%sliteral(%s)\n}", directive, signature, f.text(fn.Body), ret, call)
	}},
}

func allForms() []string {
	forms := []string{function}
	for _, f := range conformForms {
		forms = append(forms, f.name)
	}
	return forms
}

// inForms are the row in each form that it is about.
func (r conformRow) inForms() []conformRow {
	if r.form != "" {
		return []conformRow{r}
	}
	var rows []conformRow
	for _, form := range allForms() {
		rows = append(rows, r.in(form))
	}
	return rows
}

// in is the row in one form.
func (r conformRow) in(form string) conformRow {
	r.form = form
	if form == "block" || form == "statement" {
		r.spans = strings.NewReplacer(r.block...).Replace(r.spans)
	}
	return r
}

// endRows are the rows about a program's end, in a form; TestProgramEnd has them on functions.
func endRows(form string) (rows []conformRow) {
	if form != function {
		for _, r := range conformEnds {
			rows = append(rows, r.in(form))
		}
	}
	return rows
}

// numbers are what names of function literals have at their end.
var numbers = regexp.MustCompile(`(?m)(@\S+?)(\.func\d+|\.\d+|-range\d+)+$`)

// inFunctionForm makes a tree of spans comparable with that of the function form: functions on stacks are there in
// another package, and literals are counted in another way.
func inFunctionForm(tree, form string) string {
	if form == "" || form == function {
		return tree
	}
	tree = strings.NewReplacer("@conf/"+form+".", "@conf.", "@conf/"+form+"/", "@conf/").Replace(tree)
	return numbers.ReplaceAllString(tree, "$1")
}

// passOn lists the arguments that call a literal with the function's own parameters; none where one has no name.
func passOn(fn *ast.FuncDecl) string {
	var names []string
	for _, field := range fn.Type.Params.List {
		if len(field.Names) == 0 {
			return ""
		}
		for _, name := range field.Names {
			if name.Name == "_" {
				return ""
			}
			text := name.Name
			if _, variadic := field.Type.(*ast.Ellipsis); variadic {
				text += "..."
			}
			names = append(names, text)
		}
	}
	return strings.Join(names, ", ")
}

// returnTags are what a statement has no use for.
var returnTags = regexp.MustCompile(` return\.\w+=\{[^{}]*(\{\})?[^{}]*\}`)

func withoutReturns(directive string) string { return returnTags.ReplaceAllString(directive, "") }

// A formFile is a file of the program.
type formFile struct {
	fset   *token.FileSet
	syntax *ast.File
	src    []byte
}

func (f *formFile) text(n ast.Node) string {
	return string(f.src[f.offset(n.Pos()):f.offset(n.End())])
}

func (f *formFile) offset(p token.Pos) int { return f.fset.Position(p).Offset }

// in moves the directives of functions into their bodies.
func (f *formFile) in(form conformForm) ([]byte, error) {
	var w bytes.Buffer
	last := 0
	for _, decl := range f.syntax.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Doc == nil {
			continue
		}
		for _, c := range fn.Doc.List {
			rest, ok := strings.CutPrefix(c.Text, "//dd:trace")
			if !ok || form.name == "literal" && recovers(fn.Body) {
				continue
			}
			w.Write(f.src[last:f.offset(c.Pos())])
			w.WriteString("//go:noinline") // stacks say the names of what has been inlined in another way
			w.Write(f.src[f.offset(c.End()):f.offset(fn.Body.Pos())])
			form.body(&w, f, "//dd:trace"+f.named(rest, fn), fn)
			last = f.offset(fn.Body.End())
		}
	}
	w.Write(f.src[last:])
	return format.Source(w.Bytes())
}

// recovers tells whether a function is one that recovers when it is deferred: a literal that it calls would not.
func recovers(body *ast.BlockStmt) (yes bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			id, _ := call.Fun.(*ast.Ident)
			yes = yes || id != nil && id.Name == "recover"
		}
		_, literal := n.(*ast.FuncLit)
		return !literal
	})
	return yes
}

// named puts the name that a function's span has by itself into a directive that says none.
func (f *formFile) named(words string, fn *ast.FuncDecl) string {
	if first, _, _ := strings.Cut(strings.TrimSpace(words), " "); first != "" && !strings.Contains(first, "=") {
		return words
	}
	name := f.syntax.Name.Name + "."
	if fn.Recv != nil {
		receiver, _, _ := strings.Cut(strings.TrimLeft(f.text(fn.Recv.List[0].Type), "*"), "[")
		name += receiver + "."
	}
	return " " + name + fn.Name.Name + words
}

// untouched are files whose directives are about literals and iterators themselves.
var untouched = []string{"literals.go", "iterators.go"}

// conformProgram writes the program with a copy in each form, and returns where it is.
func conformProgram(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(conformDir(t))); err != nil {
		t.Fatal(err)
	}
	forms := "package main\n\nimport (\n"
	for _, form := range conformForms {
		for _, pkg := range []string{".", "shapes"} {
			writeForm(t, form, filepath.Join(dir, pkg), filepath.Join(dir, form.name, pkg))
		}
		writeFile(t, filepath.Join(dir, "cmd", "shapes-"+form.name, "main.go"), bytes.ReplaceAll(
			readFile(t, filepath.Join(dir, "cmd", "shapes", "main.go")), []byte("conf/shapes"), []byte("conf/"+form.name+"/shapes")))
		forms += fmt.Sprintf("%s %q\n", form.name, "example.com/conf/"+form.name)
	}
	forms += ")\n\nfunc init() {\n"
	for _, form := range conformForms {
		forms += fmt.Sprintf("forms[%q] = %s.Rows\n", form.name, form.name)
	}
	writeFile(t, filepath.Join(dir, "cmd", "program", "forms.go"), []byte(forms+"}\n"))
	return dir
}

func writeForm(t *testing.T, form conformForm, from, to string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(from, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f := &formFile{fset: token.NewFileSet(), src: readFile(t, name)}
		if f.syntax, err = parser.ParseFile(f.fset, name, f.src, parser.ParseComments); err != nil {
			t.Fatal(err)
		}
		src := f.src
		if !slices.Contains(untouched, filepath.Base(name)) {
			if src, err = f.in(form); err != nil {
				t.Fatal(name, err)
			}
		}
		writeFile(t, filepath.Join(to, filepath.Base(name)), src)
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func writeFile(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

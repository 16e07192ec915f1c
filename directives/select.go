package directives

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// What selects a function.
const (
	ByDirective        = "directive"         // right above it
	ByTypeDirective    = "type directive"    // above its receiver's type
	ByPackageDirective = "package directive" // above a package clause
	ByRule             = "rule"
)

// A Selection is what is traced in a package.
type Selection struct {
	Files  []Found  // by file
	Passed []Passed // in source order
	Fits   []bool   // by rule: whether there is a function for it, though something nearer may have it
}

// Readings are what all directives of the package were read as.
func (s Selection) Readings() []Reading {
	var list []Reading
	for _, found := range s.Files {
		list = append(list, found.Read...)
	}
	return list
}

// A Passed is a function that is selected and can't be traced.
type Passed struct {
	Pos    token.Position
	Kind   Kind
	Path   string // Func or Type.Method
	By     string // what selected it
	From   token.Position
	Reason string
}

type selector struct {
	pkg Package
	Selection
	types       map[string]Directive // by the type's name
	methods     map[string]bool      // types with methods that their directive may select
	clause      *Directive           // the package's
	diagnostics []Diagnostic
}

func (s *selector) report(pos token.Pos, message string) *Diagnostic {
	s.diagnostics = append(s.diagnostics, At(s.pkg.Fset, pos, message))
	return &s.diagnostics[len(s.diagnostics)-1]
}

// read finds the directives of all files, and those that are about more than
// one of them.
func (s *selector) read() {
	s.Files = make([]Found, len(s.pkg.Files))
	for i, f := range s.pkg.Files {
		if f.Syntax == nil {
			continue
		}
		found, wrong := Find(s.pkg.Fset, f.Syntax)
		s.Files[i] = found
		s.diagnostics = append(s.diagnostics, wrong...)
		for name, d := range found.Types {
			s.types[name] = d
		}
		if found.Package != nil {
			s.packageDirective(*found.Package, f)
		}
	}
}

func (s *selector) packageDirective(d Directive, f File) {
	name := f.Syntax.Name.Name
	switch {
	case s.clause != nil:
		first := Position(s.pkg.Fset, s.clause.Pos)
		file := first.Filename[strings.LastIndexAny(first.Filename, `/\`)+1:]
		s.report(d.Pos, prefix+string(d.Verb)+" is the second directive on package "+name+" (the first: "+file+":"+
			strconv.Itoa(first.Line)+"); delete one")
	case d.Verb == Trace && f.Test && strings.HasSuffix(name, "_test"):
		s.report(d.Pos, "//dd:trace stands above package "+name+", which has tests only, and they are not selected; put it on the line above a function")
	default:
		s.clause = &d
	}
}

// file adds to what directives trace in a file what else is selected there.
func (s *selector) file(found *Found, f File) {
	own := map[*ast.FuncDecl]bool{}
	for _, t := range found.Targets {
		if t.Kind == Function || t.Kind == Method {
			own[t.Decl] = true
		}
	}
	before := len(found.Targets)
	for _, decl := range f.Syntax.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			d, by, from := s.choose(f, fn)
			if by == "" || own[fn] || found.Ignored[fn] {
				continue
			}
			if reason := passedOver(f, fn); reason != "" {
				s.Passed = append(s.Passed, Passed{Position(s.pkg.Fset, fn.Pos()), declared(fn).Kind, FuncPath(fn), by, from, reason})
				continue
			}
			t := declared(fn)
			t.Directive, t.Path, t.By, t.From = d, FuncPath(fn), by, from
			found.Targets = append(found.Targets, t)
		}
	}
	if before > 0 {
		slices.SortStableFunc(found.Targets, func(a, b Target) int { return cmp.Compare(a.Node().Pos(), b.Node().Pos()) })
	}
}

// choose finds what selects a function that has no directive of its own.
func (s *selector) choose(f File, fn *ast.FuncDecl) (d Directive, by string, from token.Position) {
	rule := s.rule(f, fn)
	if d, ok := s.types[ReceiverName(fn)]; ok && d.reaches(f) {
		s.methods[ReceiverName(fn)] = true
		switch {
		case d.Verb == Ignore:
			return d, "", from
		case d.takes(fn):
			return d, ByTypeDirective, Position(s.pkg.Fset, d.Pos)
		}
	}
	if d := s.clause; d != nil && d.reaches(f) {
		switch {
		case d.Verb == Ignore:
			return *d, "", from
		case !f.Test && d.takes(fn):
			return *d, ByPackageDirective, Position(s.pkg.Fset, d.Pos)
		}
	}
	if rule != nil {
		return rule.Directive, ByRule, rule.From
	}
	return d, "", from
}

// rule finds the first rule that fits a function, and notes all that do.
func (s *selector) rule(f File, fn *ast.FuncDecl) *Rule {
	var first *Rule
	for i := range s.pkg.Rules {
		r := &s.pkg.Rules[i]
		if !r.matches(FuncPath(fn)) || ast.IsGenerated(f.Syntax) || !r.Directive.takes(fn) {
			continue
		}
		s.Fits[i] = true
		if first == nil {
			first = r
		}
	}
	return first
}

// reaches reports whether a type's or package's directive is about a file at
// all: a generated one is left to the directives that stand in it.
func (d Directive) reaches(f File) bool {
	return f.Syntax.FileStart <= d.Pos && d.Pos <= f.Syntax.FileEnd || !ast.IsGenerated(f.Syntax)
}

// takes reports whether a directive's choice is not too narrow for a function.
func (d Directive) takes(fn *ast.FuncDecl) bool {
	if recv := ReceiverName(fn); d.Exported && (!fn.Name.IsExported() || recv != "" && !ast.IsExported(recv)) {
		return false
	}
	return d.Min == 0 || fn.Body != nil && statementsIn(fn.Body) >= d.Min
}

// statementsIn counts the statements of a body, those in blocks and function
// literals included. Blocks, clauses and empty statements are none.
func statementsIn(body *ast.BlockStmt) int {
	n := 0
	ast.Inspect(body, func(node ast.Node) bool {
		for _, s := range Statements(node) {
			for label, ok := s.(*ast.LabeledStmt); ok; label, ok = s.(*ast.LabeledStmt) {
				s = label.Stmt
			}
			switch s.(type) {
			case *ast.BlockStmt, *ast.EmptyStmt, *ast.CaseClause, *ast.CommClause:
			default:
				n++
			}
		}
		if cond, ok := node.(*ast.IfStmt); ok {
			if _, again := cond.Else.(*ast.IfStmt); again {
				n++
			}
		}
		return true
	})
	return n
}

// passedOver says why a function that is selected is not traced, or "".
func passedOver(f File, fn *ast.FuncDecl) string {
	if f.Test && fn.Recv == nil && fn.Name.Name == "TestMain" {
		return "it runs the tests, which would be one trace"
	}
	reason, _, _ := strings.Cut(Untraceable(f.Syntax, fn), "; ")
	return reason
}

// typesWithoutMethods reports the directives above types that select nothing.
// What a file that does not parse declares is not known.
func (s *selector) typesWithoutMethods() {
	if slices.ContainsFunc(s.pkg.Files, func(f File) bool { return f.Syntax == nil }) {
		return
	}
	for _, found := range s.Files {
		empty := map[token.Pos]string{}
		for name, d := range found.Types {
			if old, seen := empty[d.Pos]; d.Verb == Trace && (!seen || name < old) {
				empty[d.Pos] = name
			}
		}
		for name, d := range found.Types {
			if s.methods[name] {
				delete(empty, d.Pos)
			}
		}
		for pos, name := range empty {
			s.report(pos, "//dd:trace stands above "+name+", which has no methods in this package to trace; delete it").
				Fix = deleteLine(s.pkg.Fset, pos)
		}
	}
}

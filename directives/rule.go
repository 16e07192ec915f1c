package directives

import (
	"fmt"
	"go/token"
	"path"
	"strconv"
	"strings"
)

// A Rule selects functions from outside their source. Which packages its
// pattern matches is for others to know.
type Rule struct {
	Package   string         // a package pattern, as the go command has them
	Func      string         // a glob over Func and Type.Method
	Text      string         // what may follow //dd:trace
	Directive Directive      // of what is selected
	From      token.Position // where the rule stands; a flag is a file without lines
}

// RuleFile is the name of a file of rules.
const RuleFile = "ddinstrument.yaml"

// every is the glob of a rule that names no functions.
const every = "*"

// All is the rule that selects every function below a folder.
func All(flag string) Rule {
	return Rule{Package: "./...", Func: every, Directive: Directive{Verb: Trace}, From: token.Position{Filename: flag}}
}

// matches reports whether a rule's glob matches a function's path. No path has
// a slash in it: a star crosses periods.
func (r Rule) matches(name string) bool {
	ok, err := path.Match(r.Func, name)
	return ok && err == nil
}

// Mentioned reports whether a rule may select a function of a file. It is cheap
// and errs towards yes.
func (r Rule) Mentioned(src []byte) bool {
	text := string(src)
	words := strings.FieldsFunc(r.Func, func(c rune) bool { return strings.ContainsRune(`*?[]\^-.`, c) })
	if strings.ContainsAny(r.Func, `[\`) {
		words = nil // what stands in brackets are no words
	}
	for _, word := range append(words, "func") {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// ParseRule reads the rule that a flag of the command line gives:
//
//	PATTERN[:FUNC] [directive text]
//
// Its positions are those of a file with the flag's name and one line.
func ParseRule(fset *token.FileSet, flag, rule string) (Rule, []Diagnostic) {
	name := flag + " " + strconv.Quote(rule)
	p := &ruleParser{fset: fset, rule: Rule{Func: every, From: token.Position{Filename: name}}}
	base := token.Pos(fset.AddFile(name, -1, len(rule)+1).Base())
	start := leading(rule)
	head := firstWord(rule[start:])
	end := start + len(head)
	if colon := strings.LastIndexByte(head, ':'); colon >= 0 && !strings.ContainsAny(head[colon:], `/\`) || colon == 0 {
		p.function(head[colon+1:], base+token.Pos(start+colon+1))
		head = head[:colon]
	}
	p.pattern(head, base+token.Pos(start))
	p.directive(rule[end:], base+token.Pos(end))
	return p.rule, p.diagnostics
}

// A ruleParser puts a rule together.
type ruleParser struct {
	fset        *token.FileSet
	rule        Rule
	diagnostics []Diagnostic
}

// report says something about a place in a rule, which no edit of Go source mends.
func (p *ruleParser) report(pos token.Pos, format string, args ...any) {
	p.diagnostics = append(p.diagnostics, Diagnostic{Pos: Position(p.fset, pos), Message: fmt.Sprintf(format, args...)})
}

func (p *ruleParser) pattern(s string, pos token.Pos) {
	switch {
	case s == "":
		p.report(pos, "the rule has no package pattern; begin it with one, such as ./... or example.com/shop")
	case strings.ContainsAny(s, "=@ \t\r\n"):
		p.report(pos, "%q is not a package pattern; write one such as ./... or example.com/shop", s)
	}
	p.rule.Package = s
}

func (p *ruleParser) function(s string, pos token.Pos) {
	_, err := path.Match(s, "")
	switch {
	case s == "":
		p.report(pos, "the rule names no functions; write Func, Type.Method or a glob such as *, or delete the colon")
	case err != nil:
		p.report(pos, "%q is not a glob; it has *, ?, [a-z] and \\ as path.Match has them", s)
	case strings.ContainsAny(s, "()/ \t\r\n"):
		p.report(pos, "%q matches no function; write Func or Type.Method, without parentheses and packages", s)
	}
	p.rule.Func = s
}

// directive reads what may follow //dd:trace.
func (p *ruleParser) directive(s string, pos token.Pos) {
	if word := firstWord(s[leading(s):]); strings.HasPrefix(strings.TrimLeft(word, "/"), "dd:") {
		p.report(pos+token.Pos(leading(s)), "a rule has no %s; delete it, and leave what follows it", word)
		return
	}
	d := &directiveParser{src: s, d: Directive{Verb: Trace, Pos: pos}}
	d.words()
	for _, problem := range d.problems {
		p.report(pos+token.Pos(problem.Offset), "%s", problem.Message)
	}
	p.rule.Text, p.rule.Directive = s, d.d
}

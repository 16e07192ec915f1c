package directives

import (
	"bytes"
	"errors"
	"go/token"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// A RuleSet is what a file of rules says.
type RuleSet struct {
	Rules []Rule
	Libs  string         // the libraries to trace, as --libs has them; "" when the file says nothing of them
	From  token.Position // where it says so
}

// ParseRules reads a file of rules. Its positions are the file's.
//
//	libs: [net/http, database/sql]
//	trace:
//	  - package: example.com/shop/...
//	    func: "*Service.*"
//	    do: service=shop only=exported
func ParseRules(fset *token.FileSet, name string, src []byte) (RuleSet, []Diagnostic) {
	f := &ruleFile{fset: fset, name: name, lines: bytes.SplitAfter(src, []byte("\n"))}
	var doc, second yaml.Node
	var syntax *yaml.LoadError
	documents := yaml.NewDecoder(bytes.NewReader(src))
	err := documents.Decode(&doc)
	if err == nil {
		err = documents.Decode(&second)
	}
	switch {
	case err == io.EOF && len(doc.Content) > 0:
		f.top(doc.Content[0])
	case err == io.EOF: // comments only
	case err == nil:
		f.report(&second, "a file of rules is one document; delete what begins here")
	case errors.As(err, &syntax):
		f.reportAt(syntax.Mark.Line, syntax.Mark.Column, "this is not YAML: "+syntax.Message+f.quotes(syntax.Mark.Line))
	default:
		f.reportAt(1, 1, "this is not YAML: "+err.Error())
	}
	return RuleSet{f.rules, f.libs, f.libsFrom}, f.diagnostics
}

// A ruleFile is a file of rules while it is read.
type ruleFile struct {
	fset        *token.FileSet
	name        string
	lines       [][]byte
	rules       []Rule
	libs        string
	libsFrom    token.Position
	diagnostics []Diagnostic
}

// quotes is what to do where a value begins as only quoted ones may.
func (f *ruleFile) quotes(line int) string {
	if line < 1 || line > len(f.lines) {
		return ""
	}
	_, value, _ := strings.Cut(string(f.lines[line-1]), ": ")
	if value = strings.TrimLeft(value, " "); value == "" || !strings.ContainsRune("*\"'`&!|>%@{[", rune(value[0])) {
		return ""
	}
	return "; put the whole value in single quotes"
}

func (f *ruleFile) report(n *yaml.Node, message string) { f.reportAt(n.Line, n.Column, message) }

func (f *ruleFile) reportAt(line, column int, message string) {
	f.diagnostics = append(f.diagnostics, Diagnostic{Pos: f.position(line, column), Message: message})
}

// position is a place that YAML gives, where columns count characters, in Go's
// bytes.
func (f *ruleFile) position(line, column int) token.Position {
	pos := token.Position{Filename: f.name, Line: max(line, 1), Column: 1}
	if line < 1 || line > len(f.lines) {
		return pos
	}
	text := f.lines[line-1]
	for ; column > 1 && pos.Column <= len(text); column-- {
		_, size := utf8.DecodeRune(text[pos.Column-1:])
		pos.Column += size
	}
	return pos
}

func (f *ruleFile) top(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		f.report(n, "a file of rules is a mapping; write trace: and below it a list of rules")
		return
	}
	values := f.mapping(n, "trace", "libs")
	if libs := values["libs"]; libs != nil {
		f.libraries(libs)
	}
	list := values["trace"]
	switch {
	case list == nil:
	case list.Kind != yaml.SequenceNode:
		f.report(list, "trace is a list of rules; begin each with -")
	default:
		for _, rule := range list.Content {
			f.rule(resolve(rule))
		}
	}
}

func (f *ruleFile) rule(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		f.report(n, "a rule has the keys package, func and do; write package: PATTERN")
		return
	}
	before := len(f.diagnostics)
	p := &ruleParser{fset: f.fset, rule: Rule{Func: every, From: f.position(n.Line, n.Column)}}
	values := f.mapping(n, "package", "func", "do")
	if values["package"] == nil {
		f.report(n, "the rule has no package; write package: PATTERN, such as ./... or example.com/shop")
	}
	for _, key := range []struct {
		name string
		read func(s string, pos token.Pos)
	}{{"package", p.pattern}, {"func", p.function}, {"do", p.directive}} {
		if v := values[key.name]; v != nil && f.isText(key.name, v) {
			key.read(strings.ReplaceAll(v.Value, "\n", " "), f.place(v))
		}
	}
	if values["do"] == nil {
		p.rule.Directive = Directive{Verb: Trace}
	}
	f.diagnostics = append(f.diagnostics, p.diagnostics...)
	if len(f.diagnostics) == before {
		f.rules = append(f.rules, p.rule)
	}
}

// libraries reads which libraries are to be traced: all, off, or a list of them.
func (f *ruleFile) libraries(n *yaml.Node) {
	list := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		list = n.Content
	}
	var names []string
	for _, item := range list {
		if item = resolve(item); item.Kind != yaml.ScalarNode || strings.TrimSpace(item.Value) == "" {
			f.report(item, "libs is all, off, or a list of libraries such as [net/http, database/sql]")
			return
		}
		names = append(names, item.Value)
	}
	f.libs, f.libsFrom = strings.Join(names, ","), f.position(n.Line, n.Column)
	if len(names) == 0 {
		f.libs = "off"
	}
}

// mapping returns the values of a mapping that has no keys but these.
func (f *ruleFile) mapping(n *yaml.Node, keys ...string) map[string]*yaml.Node {
	values := map[string]*yaml.Node{}
	known := map[string]bool{}
	for _, k := range keys {
		known[k] = true
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		near := nearest(key.Value, keys)
		switch {
		case known[key.Value] && values[key.Value] != nil:
			f.report(key, key.Value+" is given twice; delete one")
		case known[key.Value]:
			values[key.Value] = resolve(n.Content[i+1])
		case near != "":
			f.report(key, "unknown key \""+key.Value+"\"; did you mean \""+near+"\"?")
		default:
			f.report(key, "unknown key \""+key.Value+"\"; the keys here: "+strings.Join(keys, " "))
		}
	}
	return values
}

// resolve returns what a node stands for.
func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// isText reports whether a value is a string, or says what is wrong with it.
func (f *ruleFile) isText(key string, v *yaml.Node) bool {
	switch {
	case v.Kind == yaml.ScalarNode && (v.ShortTag() == "!!null" || strings.TrimSpace(v.Value) == ""):
		f.report(v, key+" has no value; write one, or delete it")
	case v.Kind == yaml.SequenceNode:
		f.report(v, key+" is a string, not a list; write a rule for each")
	case v.Kind != yaml.ScalarNode || v.ShortTag() != "!!str":
		f.report(v, key+" is a string; put it in single quotes")
	default:
		return true
	}
	return false
}

// place makes a string of the YAML file known to the file set: as a file of its
// own, each character of which is where it stands in the YAML file, through
// quotes, escapes and broken lines.
func (f *ruleFile) place(v *yaml.Node) token.Pos {
	file := f.fset.AddFile(f.name, -1, len(v.Value)+1)
	at := f.position(v.Line, v.Column)
	switch v.Style &^ yaml.TaggedStyle {
	case yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle:
		at.Column++
	case yaml.LiteralStyle, yaml.FoldedStyle:
		at.Line, at.Column = at.Line+1, 1
	}
	for i := 0; i < len(v.Value)+1; i++ {
		if i < len(v.Value) {
			f.seek(&at, v.Value[i])
		}
		file.AddLineColumnInfo(i, f.name, at.Line, at.Column)
		at.Column++
	}
	return token.Pos(file.Base())
}

// reach is how far apart two characters of a string may stand in its file: as
// far as an indentation goes.
const reach = 80

// seek moves a position forward to a character, if it is near.
func (f *ruleFile) seek(at *token.Position, c byte) {
	line, column := at.Line, at.Column
	for range reach {
		if line > len(f.lines) {
			return
		}
		if column > len(f.lines[line-1]) {
			line, column = line+1, 1
			continue
		}
		if f.lines[line-1][column-1] == c {
			at.Line, at.Column = line, column
			return
		}
		column++
	}
}

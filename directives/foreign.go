package directives

import (
	"go/token"
	"strings"
)

// foreign are the directives of other tools that are read as those tools read
// them, so that their users can come over: Orchestrion's and OpenTelemetry's
// compile-time instrumentation's.
var foreign = map[string]Verb{
	"//dd:span":            Trace,
	"//otelc:span":         Trace,
	"//orchestrion:ignore": Ignore,
}

// isForeign reports whether a comment is a directive of another tool.
func isForeign(comment string) bool {
	_, ok := foreign[firstWord(comment)]
	return ok
}

// parseForeign reads words KEY:VALUE, split at the first colon. All values are
// literal strings, in single or double quotes where they hold spaces.
func parseForeign(comment string, pos token.Pos) (Directive, []Problem) {
	word := firstWord(comment)
	p := &directiveParser{src: comment, at: len(word), d: Directive{Verb: foreign[word], Form: word, Pos: pos, Bare: true}}
	for p.skip(); p.at < len(p.src); p.skip() {
		start := p.at
		key, value, ok := p.pair()
		switch {
		case !ok:
			return p.d, p.problems
		case p.d.Verb != Trace:
			p.problem(start, "%s takes no words; delete %q", word, p.src[start:]).Fix = p.remove(start, len(p.src))
			return p.d, p.problems
		case value.Text == "":
			p.problem(start, "%s has no value; write %s:VALUE or delete it", key, key)
		default:
			p.setForeign(key, value)
		}
	}
	return p.d, p.problems
}

// skip passes over spaces.
func (p *directiveParser) skip() {
	for p.at < len(p.src) && isSpace(p.src[p.at]) {
		p.at++
	}
}

// pair reads one word, and reports whether it ends.
func (p *directiveParser) pair() (key string, value Value, ok bool) {
	start := p.at
	for p.at < len(p.src) && !isSpace(p.src[p.at]) && p.src[p.at] != ':' {
		p.at++
	}
	key = p.src[start:p.at]
	if p.at == len(p.src) || p.src[p.at] != ':' {
		return key, Value{}, true
	}
	p.at++
	from := p.at
	if from < len(p.src) && (p.src[from] == '"' || p.src[from] == '\'') {
		end := strings.IndexByte(p.src[from+1:], p.src[from])
		if end < 0 {
			p.problem(from, "the string has no closing %c", p.src[from])
			return key, Value{}, false
		}
		p.at = from + end + 2
		return key, Value{Text: p.src[from+1 : p.at-1], Pos: p.pos(from + 1)}, true
	}
	for p.at < len(p.src) && !isSpace(p.src[p.at]) {
		p.at++
	}
	return key, Value{Text: p.src[from:p.at], Pos: p.pos(from)}, true
}

func (p *directiveParser) setForeign(key string, v Value) {
	switch key {
	case "span.name":
		p.d.Name = v.Text
	case "resource.name":
		p.d.Resource = v
	case "service.name":
		p.d.Service = v.Text
	case "span.type":
		p.d.Type = v.Text
	default:
		p.d.Tags = append(p.d.Tags, Tag{key, v})
	}
}

package directives

import (
	"fmt"
	"go/token"
	"slices"
	"strings"
)

// A Problem is something wrong in a directive's text, at a byte offset in it.
type Problem struct {
	Offset  int
	Message string
	Warning bool
	Fix     Fix // what mends it, where that is clear
}

const prefix = "//dd:"

// Parse reads the text of one comment, from its "//" on. Positions in the
// result count from pos, which is where the text begins. With problems, the
// directive holds what could be read.
func Parse(comment string, pos token.Pos) (Directive, []Problem) {
	if isForeign(comment) {
		return parseForeign(comment, pos)
	}
	p := &directiveParser{src: comment, at: len(prefix), d: Directive{Form: firstWord(comment), Pos: pos}}
	p.verb()
	if len(p.problems) == 0 {
		p.words()
	}
	return p.d, p.problems
}

type directiveParser struct {
	src      string
	at       int // offset of the next byte to read
	d        Directive
	seen     map[string]bool
	problems []Problem
}

func (p *directiveParser) problem(offset int, format string, args ...any) *Problem {
	p.problems = append(p.problems, Problem{Offset: offset, Message: fmt.Sprintf(format, args...)})
	return &p.problems[len(p.problems)-1]
}

// replace is the fix that replaces what stands between two offsets.
func (p *directiveParser) replace(from, to int, text string) Fix {
	return Fix{fmt.Sprintf("Replace %q with %q", p.src[from:to], text), p.d.Pos + token.Pos(from), p.d.Pos + token.Pos(to), text}
}

// remove is the fix that takes out what stands between two offsets, and the
// spaces before it.
func (p *directiveParser) remove(from, to int) Fix {
	message := fmt.Sprintf("Delete %q", p.src[from:to])
	for from > 0 && isSpace(p.src[from-1]) {
		from--
	}
	return Fix{message, p.d.Pos + token.Pos(from), p.d.Pos + token.Pos(to), ""}
}

func (p *directiveParser) verb() {
	end := p.at
	for end < len(p.src) && !isSpace(p.src[end]) {
		end++
	}
	word := p.src[p.at:end]
	if !slices.Contains(verbs, Verb(word)) {
		p.unknownVerb(word, end)
	}
	p.d.Verb = Verb(word)
	p.at = end
}

func (p *directiveParser) unknownVerb(word string, end int) {
	var names []string
	for _, v := range verbs {
		names = append(names, string(v))
	}
	space := leading(p.src[end:])
	next := firstWord(p.src[end+space:])
	near := nearest(word, names)
	switch {
	case word == "" && slices.Contains(names, next):
		p.problem(0, "unknown directive //dd:; write //dd:%s, without a space", next).
			Fix = Fix{"Delete the space after //dd:", p.d.Pos + token.Pos(end), p.d.Pos + token.Pos(end+space), ""}
	case near != "":
		p.problem(0, "unknown directive //dd:%s; did you mean //dd:%s?", word, near).Fix = p.replace(p.at, end, near)
	default:
		p.problem(0, "unknown directive //dd:%s; the directives are //dd:trace, //dd:tag and //dd:ignore", word)
	}
}

func (p *directiveParser) words() {
	p.seen = map[string]bool{}
	p.skip()
	switch p.d.Verb {
	case Ignore:
		if rest := p.src[p.at:]; rest != "" {
			p.problem(p.at, "//dd:ignore takes no words; delete %q", rest).Fix = p.remove(p.at, len(p.src))
		}
	case SetTags:
		if p.at == len(p.src) {
			p.problem(0, "//dd:tag sets nothing; write //dd:tag KEY=VALUE")
		}
		for ; p.at < len(p.src) && p.tag(); p.skip() {
		}
	default:
		for first := true; p.at < len(p.src) && p.word(first); p.skip() {
			first = false
		}
	}
}

// tag reads one KEY=VALUE of //dd:tag, whose keys are the tags', and reports
// whether reading can go on behind it.
func (p *directiveParser) tag() bool {
	start := p.at
	for p.at < len(p.src) && !isSpace(p.src[p.at]) && p.src[p.at] != '=' {
		p.at++
	}
	key := p.src[start:p.at]
	if p.at == len(p.src) || p.src[p.at] != '=' || key == "" {
		p.problem(start, "//dd:tag takes KEY=VALUE, not %q", p.src[start:max(p.at, start+1)])
		return key != ""
	}
	p.at++
	v, ok := p.value()
	v.Word = p.pos(start)
	switch {
	case !ok:
		return false
	case v.Text == "":
		p.problem(start, "%s has no value; write %s=VALUE or %s={EXPR}", key, key, key)
	case v.Expr && !p.parses(key, v, start):
	default:
		p.once(key, start)
		p.d.Tags = append(p.d.Tags, Tag{key, v})
	}
	return true
}

// word reads one word and reports whether reading can go on behind it.
func (p *directiveParser) word(first bool) bool {
	start := p.at
	if c := p.src[start]; c == '"' || c == '`' || c == '{' {
		v, ok := p.value()
		if !ok {
			return false
		}
		switch {
		case !first:
			p.problem(start, "a value without a key: %s; write KEY=VALUE", p.src[start:p.at])
		case v.Expr:
			p.problem(start, "the name takes a string, not an expression; what varies goes into resource={...}")
		case v.Text == "":
			p.problem(start, "the name is empty; delete it to have the function's own").Fix = p.remove(start, p.at)
		default:
			p.set("name", v, start)
		}
		return true
	}
	for p.at < len(p.src) && !isSpace(p.src[p.at]) && p.src[p.at] != '=' {
		p.at++
	}
	word := p.src[start:p.at]
	if p.at == len(p.src) || p.src[p.at] != '=' {
		p.bare(word, start, first)
		return true
	}
	p.at++
	v, ok := p.value()
	if ok {
		p.set(word, v, start)
	}
	return ok
}

// bare takes a word without "=": the name, or a key that takes no value.
func (p *directiveParser) bare(word string, start int, first bool) {
	k, _, known := findKey(word)
	switch {
	case known && k.form == flag:
		p.once(word, start)
		k.set(&p.d, "", Value{})
	case first:
		p.set("name", Value{Text: word, Pos: p.pos(start)}, start)
	case known:
		p.problem(start, "%s needs a value; write %s=VALUE", word, word)
	case nearestKey(word) == "":
		p.problem(start, "unknown word %q; a name with spaces stands in quotes, all else is KEY=VALUE", word)
	default:
		p.unknown(word, start, flag)
	}
}

// set gives a key its value, or says why it can't.
func (p *directiveParser) set(word string, v Value, start int) {
	k, rest, known := findKey(word)
	v.Word = p.pos(start)
	switch {
	case word == "":
		p.problem(start, "a value without a key; write KEY=VALUE")
		return
	case !known:
		p.unknown(word, start, text, either, expr)
		return
	case strings.HasSuffix(k.name, ".") && rest == "":
		p.problem(start, "%s needs the tag's key; write %sKEY=VALUE", word, word)
		return
	case k.form == flag:
		p.problem(start, "%s takes no value; write it alone", word).Fix = p.remove(start+len(word), p.at)
		return
	}
	p.once(word, start)
	switch {
	case v.Text == "" && (v.Expr || k.form == expr):
		p.problem(start, "%s has an empty expression; write %s={EXPR} or delete it", word, word)
	case v.Text == "":
		p.problem(start, "%s has an empty value; write %s=VALUE or delete it", word, word)
	case v.Expr && k.form == text:
		p.problem(start, "%s takes a string, not an expression", word)
	case k.form == count && (v.Expr || !isCount(v.Text)):
		p.problem(start, "%s takes a number, at least 1, not %q", word, v.Text)
	case !v.Expr && k.form == expr:
		p.problem(start, "%s takes an expression; write %s={%s}", word, word, v.Text).
			Fix = p.replace(start+len(word)+1, p.at, "{"+v.Text+"}")
	case k.choice != nil && !slices.Contains(k.choice, v.Text):
		said := p.problem(start, "%s can't be %q; it is one of: %s", word, v.Text, strings.Join(k.choice, ", "))
		if near := nearest(v.Text, k.choice); near != "" {
			said.Fix = p.replace(start+len(word)+1, p.at, near)
		}
	case v.Expr && !p.parses(word, v, start):
	default:
		k.set(&p.d, rest, v)
	}
}

// unknown says that there is no such key. The nearest one mends it if it has
// one of the forms that the word has.
func (p *directiveParser) unknown(word string, start int, forms ...form) {
	near := nearestKey(word)
	if near == "" {
		p.problem(start, "unknown key %q; the keys are %s", word, strings.Join(keyNames(), " "))
		return
	}
	said := p.problem(start, "unknown key %q; did you mean %q?", word, near)
	if k, rest, _ := findKey(near); rest != "KEY" && slices.Contains(forms, k.form) {
		said.Fix = p.replace(start, start+len(word), near)
	}
}

// once says that the word that ends here is given twice.
func (p *directiveParser) once(word string, start int) {
	if p.seen[word] {
		p.problem(start, "%s is given twice; delete one", word).Fix = p.remove(start, p.at)
	}
	p.seen[word] = true
}

func (p *directiveParser) pos(offset int) token.Pos {
	if !p.d.Pos.IsValid() {
		return token.NoPos
	}
	return p.d.Pos + token.Pos(offset)
}

//go:build go1.21

// Package json reads JSON (RFC 8259) into plain Go values. The standard library's would add 400 KB to every program
// that is traced, for the few bytes of it that a tracer reads: its settings, and what the agent answers.
package json

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deep arrays and objects may be nested.
const maxDepth = 100

var errEnd = errors.New("it ends too early")

// Parse returns what text says: nil, a bool, a float64, a string, a []any or a map[string]any, of which a key's last
// value counts.
func Parse(text string) (any, error) { return parse(parser{text: text}) }

// Number is a number as it is written.
type Number string

// ParseExact is Parse for numbers that a float64 may not hold: each comes as a Number.
func ParseExact(text string) (any, error) { return parse(parser{text: text, exact: true}) }

func parse(p parser) (any, error) {
	v, err := p.value(0)
	if err == nil {
		p.space()
		if p.at < len(p.text) {
			err = p.unexpected()
		}
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

type parser struct {
	text  string
	at    int
	exact bool // numbers are not converted
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// next skips space and returns the byte there, 0 at the end.
func (p *parser) next() byte {
	p.space()
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

// take moves past the byte c if it comes next.
func (p *parser) take(c byte) bool {
	if p.next() != c || p.at == len(p.text) {
		return false
	}
	p.at++
	return true
}

func (p *parser) unexpected() error {
	if p.at >= len(p.text) {
		return errEnd
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	return fmt.Errorf("%q at byte %d is not expected", r, p.at)
}

func (p *parser) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, errors.New("it is nested too deep")
	}
	switch c := p.next(); {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		return p.str()
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	switch {
	case p.word("true"):
		return true, nil
	case p.word("false"):
		return false, nil
	case p.word("null"):
		return nil, nil
	}
	return nil, p.unexpected()
}

func (p *parser) word(word string) bool {
	if !strings.HasPrefix(p.text[p.at:], word) {
		return false
	}
	p.at += len(word)
	return true
}

func (p *parser) array(depth int) (any, error) {
	p.at++
	list := []any{}
	if p.take(']') {
		return list, nil
	}
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		switch {
		case p.take(','):
		case p.take(']'):
			return list, nil
		default:
			return nil, p.unexpected()
		}
	}
}

func (p *parser) object(depth int) (any, error) {
	p.at++
	m := map[string]any{}
	if p.take('}') {
		return m, nil
	}
	for {
		if p.next() != '"' {
			return nil, p.unexpected()
		}
		key, err := p.str()
		if err != nil {
			return nil, err
		}
		if !p.take(':') {
			return nil, p.unexpected()
		}
		if m[key], err = p.value(depth + 1); err != nil {
			return nil, err
		}
		switch {
		case p.take(','):
		case p.take('}'):
			return m, nil
		default:
			return nil, p.unexpected()
		}
	}
}

func (p *parser) number() (any, error) {
	start := p.at
	if p.text[p.at] == '-' {
		p.at++
	}
	if zero := p.at < len(p.text) && p.text[p.at] == '0'; zero {
		p.at++
	} else if !p.digits() {
		return nil, p.unexpected()
	}
	if p.at < len(p.text) && p.text[p.at] == '.' {
		p.at++
		if !p.digits() {
			return nil, p.unexpected()
		}
	}
	if p.at < len(p.text) && p.text[p.at]|0x20 == 'e' {
		p.at++
		if p.at < len(p.text) && (p.text[p.at] == '+' || p.text[p.at] == '-') {
			p.at++
		}
		if !p.digits() {
			return nil, p.unexpected()
		}
	}
	if p.exact {
		return Number(p.text[start:p.at]), nil
	}
	v, err := strconv.ParseFloat(p.text[start:p.at], 64)
	if err != nil {
		return nil, fmt.Errorf("%s is no number that fits", p.text[start:p.at])
	}
	return v, nil
}

func (p *parser) digits() bool {
	start := p.at
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at > start
}

// str reads a string.
func (p *parser) str() (string, error) {
	p.at++
	end := p.at
	for end < len(p.text) && p.text[end] != '"' && p.text[end] != '\\' && p.text[end] >= ' ' {
		end++
	}
	if end < len(p.text) && p.text[end] == '"' { // the usual case: nothing to be decoded
		s := p.text[p.at:end]
		p.at = end + 1
		return valid(s), nil
	}
	var b strings.Builder
	for {
		if p.at == len(p.text) {
			return "", errEnd
		}
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			return valid(b.String()), nil
		case c < ' ':
			return "", p.unexpected()
		case c == '\\':
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			b.WriteRune(r)
		default:
			b.WriteByte(c)
			p.at++
		}
	}
}

// valid puts U+FFFD in the place of each byte that is not UTF-8.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}

// escape reads what begins with a backslash; half a surrogate pair is U+FFFD.
func (p *parser) escape() (rune, error) {
	if p.at++; p.at == len(p.text) {
		return 0, errEnd
	}
	if i := strings.IndexByte(`"\/bfnrt`, p.text[p.at]); i >= 0 {
		p.at++
		return rune("\"\\/\b\f\n\r\t"[i]), nil
	}
	r, err := p.hex()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	if before := p.at; strings.HasPrefix(p.text[p.at:], `\u`) {
		p.at++
		low, err := p.hex()
		if err != nil {
			return 0, err
		}
		if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
			return both, nil
		}
		p.at = before
	}
	return utf8.RuneError, nil
}

// hex reads u and four digits.
func (p *parser) hex() (rune, error) {
	if p.text[p.at] != 'u' {
		return 0, p.unexpected()
	}
	if p.at+5 > len(p.text) {
		return 0, errEnd
	}
	v, err := strconv.ParseUint(p.text[p.at+1:p.at+5], 16, 16)
	if err != nil {
		return 0, p.unexpected()
	}
	p.at += 5
	return rune(v), nil
}

package term

import (
	"bytes"
	"unicode/utf8"
)

// A key is a character that was typed, or one of those below.
type key rune

// Keys that are no characters. The control characters are themselves.
const (
	keyCtrlC     key = 3
	keyEnter     key = 13
	keyCtrlU     key = 21
	keyEsc       key = 27
	keyBackspace key = 127
)

const (
	keyUp key = utf8.MaxRune + 1 + iota
	keyDown
	keyPageUp
	keyPageDown
	keyHome
	keyEnd
	keyNone // one that means nothing here
)

// sequences are what terminals send for keys, behind ESC [ or ESC O
// (ECMA-48, and xterm's control sequences).
var sequences = map[string]key{
	"A": keyUp, "B": keyDown, "H": keyHome, "F": keyEnd,
	"1~": keyHome, "4~": keyEnd, "5~": keyPageUp, "6~": keyPageDown, "7~": keyHome, "8~": keyEnd,
}

// maxSequence is how long a sequence may be: a longer one is none.
const maxSequence = 32

// readKeys takes the keys out of what was read from a terminal. rest is what
// has not come in full.
func readKeys(b []byte) (keys []key, rest []byte) {
	for len(b) > 0 {
		k, n := readKey(b)
		if n == 0 {
			return keys, b
		}
		if k != keyNone {
			keys = append(keys, k)
		}
		b = b[n:]
	}
	return keys, nil
}

// readKey reads one key of n bytes; 0 of them when more is to come.
func readKey(b []byte) (k key, n int) {
	switch {
	case b[0] == '\n':
		return keyEnter, 1
	case b[0] == 8: // what some terminals send for Backspace
		return keyBackspace, 1
	case b[0] == byte(keyEsc):
		return readSequence(b)
	case !utf8.FullRune(b):
		return 0, 0
	}
	r, n := utf8.DecodeRune(b)
	if r == utf8.RuneError {
		return keyNone, n
	}
	return key(r), n
}

// readSequence reads what begins with ESC: alone it is the key Esc.
func readSequence(b []byte) (k key, n int) {
	if len(b) == 1 || b[1] != '[' && b[1] != 'O' {
		return keyEsc, 1
	}
	body := b[2:]
	// A sequence ends with a byte from @ to ~.
	end := bytes.IndexFunc(body, func(r rune) bool { return r >= '@' && r <= '~' })
	switch {
	case end < 0 && len(body) > maxSequence:
		return keyNone, len(b)
	case end < 0:
		return 0, 0
	}
	k, ok := sequences[string(body[:end+1])]
	if !ok {
		k = keyNone
	}
	return k, 2 + end + 1
}

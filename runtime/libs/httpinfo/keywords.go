//go:build go1.21

package httpinfo

// What follows reads a query from a position on, and returns the position behind what it has found, or none. From none on
// nothing is found.
const none = -1

// namedAt finds a value whose name says that it is a secret: the name may stand in quotes, as in JSON.
func namedAt(q string, i int) int {
	if quoted := oneOf(q, i, `"`, "%22"); quoted != none {
		i = quoted
	}
	if i >= len(q) {
		return none
	}
	switch lower(q[i]) {
	case 'o':
		return value(q, password(q, separator(q, word(q, i, "old"))))
	case 'n':
		return value(q, password(q, separator(q, word(q, i, "new"))))
	case 'p':
		return first(value(q, password(q, i)), value(q, maybe(q, word(q, i, "pass"), "phrase")),
			value(q, key(q, word(q, i, "private"))), value(q, key(q, word(q, i, "public"))))
	case 's':
		secret, sign := word(q, i, "secret"), word(q, i, "sign")
		return first(value(q, secret), value(q, key(q, secret)), value(q, first(word(q, sign, "ed"), word(q, sign, "ature"), sign)))
	case 'a':
		app, auth := word(q, i, "app"), word(q, i, "auth")
		return first(value(q, key(q, word(q, i, "api"))), value(q, key(q, word(q, i, "access"))), value(q, key(q, first(word(q, app, "lication"), app))),
			value(q, first(word(q, auth, "entication"), word(q, auth, "orization"), auth)))
	case 't':
		return value(q, word(q, i, "token"))
	case 'c':
		i = separator(q, word(q, i, "consumer"))
		return value(q, first(word(q, i, "id"), word(q, i, "key"), word(q, i, "secret")))
	}
	return none
}

// first returns the first position that is one.
func first(list ...int) int {
	for _, i := range list {
		if i != none {
			return i
		}
	}
	return none
}

// password is a word for one: pwd, pword, passwd, password, with a number or without.
func password(q string, i int) int {
	i = word(q, i, "p")
	i = first(word(q, i, "ass"), i)
	i = word(q, i, "w")
	i = first(word(q, i, "or"), i)
	i = word(q, i, "d")
	return first(word(q, i, "1"), word(q, i, "2"), i)
}

// key is the rest of the name of a key: key, key_id.
func key(q string, i int) int { return maybe(q, word(q, separator(q, i), "key"), "id") }

// maybe skips a word that may follow, with something between or without.
func maybe(q string, i int, what string) int { return first(word(q, separator(q, i), what), i) }

func separator(q string, i int) int {
	if i != none && i < len(q) && (q[i] == '-' || q[i] == '_') {
		return i + 1
	}
	return i
}

// value is what stands behind a name: all up to the next parameter, or a string of JSON's.
func value(q string, i int) int {
	if i == none {
		return none
	}
	if equal := oneOf(q, spaces(q, i, 0), "=", "%3d"); equal != none {
		if end := many(q, equal, 1, func(c byte) bool { return c != '&' }); end != none {
			return end
		}
	}
	i = oneOf(q, i, `"`, "%22")
	i = oneOf(q, spaces(q, i, 0), ":", "%3a")
	i = oneOf(q, spaces(q, i, 0), `"`, "%22")
	end := i
	for end != none && end < len(q) && q[end] != '"' && word(q, end, "%22") == none {
		switch {
		case q[end] != '%':
			end++
		case end+1 < len(q) && q[end+1] != '2':
			end += 2
		case end+2 < len(q):
			end += 3
		default:
			return none
		}
	}
	if end == i {
		return none
	}
	return oneOf(q, end, `"`, "%22")
}

// word skips a word, which is given in lower case.
func word(q string, i int, what string) int {
	if i == none || len(q)-i < len(what) {
		return none
	}
	for n := 0; n < len(what); n++ {
		if lower(q[i+n]) != what[n] {
			return none
		}
	}
	return i + len(what)
}

func oneOf(q string, i int, words ...string) int {
	for _, w := range words {
		if end := word(q, i, w); end != none {
			return end
		}
	}
	return none
}

// many skips at least so many bytes of a class.
func many(q string, i, least int, in func(byte) bool) int {
	if i == none {
		return none
	}
	start := i
	for i < len(q) && in(q[i]) {
		i++
	}
	if i-start < least {
		return none
	}
	return i
}

// exactly skips so many letters and digits.
func exactly(q string, i, n int) int {
	if i == none || len(q)-i < n || many(q[i:i+n], 0, n, isLetterOrDigit) == none {
		return none
	}
	return i + n
}

// spaces skips at least so many of them.
func spaces(q string, i, least int) int {
	for n := 0; ; n++ {
		next := oneOf(q, i, " ", "%20", "\t", "\n", "\f", "\r")
		if next == none {
			if n < least {
				return none
			}
			return i
		}
		i = next
	}
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}

func oneByte(c byte, list string) bool {
	for i := 0; i < len(list); i++ {
		if lower(c) == list[i] {
			return true
		}
	}
	return false
}

func isLetterOrDigit(c byte) bool {
	c = lower(c)
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
}

func isHex(c byte) bool {
	c = lower(c)
	return c >= 'a' && c <= 'f' || c >= '0' && c <= '9'
}

func isName(c byte) bool { return isLetterOrDigit(c) || c == '.' || c == '_' || c == '-' }
func isWord(c byte) bool { return isLetterOrDigit(c) || c == '_' || c == '-' }

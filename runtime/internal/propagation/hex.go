//go:build go1.21

package propagation

const hexDigits = "0123456789abcdef"

// appendHex appends 16 lower-case hexadecimal digits.
func appendHex(b []byte, v uint64) []byte {
	for shift := 60; shift >= 0; shift -= 4 {
		b = append(b, hexDigits[v>>shift&15])
	}
	return b
}

// parseHex reads 1 to 16 hexadecimal digits.
func parseHex(text string) (v uint64, ok bool) {
	if len(text) == 0 || len(text) > 16 {
		return 0, false
	}
	for i := 0; i < len(text); i++ {
		d, ok := digit(text[i])
		if !ok {
			return 0, false
		}
		v = v<<4 | uint64(d)
	}
	return v, true
}

func digit(c byte) (d byte, ok bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

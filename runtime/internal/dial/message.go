//go:build go1.21 && (linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package dial

import (
	"encoding/binary"
	"errors"
)

// What of DNS (RFC 1035, RFC 3596) is needed.
const (
	typeA     = 1
	typeAAAA  = 28
	classIN   = 1
	headerLen = 12

	flagResponse  = 1 << 15
	flagCut       = 1 << 9
	flagRecursion = 1 << 8
	maskCode      = 15

	codeOK     = 0
	codeNoName = 3
)

var (
	errName    = errors.New("not a name that can be looked up")
	errMessage = errors.New("the name server's answer makes no sense")
)

// query is a question about a name; its bytes are as they are sent.
type query []byte

// newQuery asks for the addresses of one type of a name, which ends in a dot.
func newQuery(id uint16, name string, kind uint16) (query, error) {
	if len(name) < 2 || len(name) > maxName {
		return nil, errName
	}
	q := make(query, headerLen, headerLen+len(name)+1+4)
	binary.BigEndian.PutUint16(q, id)
	binary.BigEndian.PutUint16(q[2:], flagRecursion)
	binary.BigEndian.PutUint16(q[4:], 1) // question
	for label := 0; label < len(name); {
		end := label
		for name[end] != '.' {
			end++
		}
		if end == label || end-label > 63 {
			return nil, errName
		}
		q = append(append(q, byte(end-label)), name[label:end]...)
		label = end + 1
	}
	q = append(q, 0)
	q = binary.BigEndian.AppendUint16(q, kind)
	return binary.BigEndian.AppendUint16(q, classIN), nil
}

// kind is the type of addresses that it asks for.
func (q query) kind() uint16 { return binary.BigEndian.Uint16(q[len(q)-4:]) }

// answeredBy tells whether a message is the answer to this question: to its number and, but for the case of letters,
// to the same question.
func (q query) answeredBy(m []byte) bool {
	if len(m) < len(q) || m[0] != q[0] || m[1] != q[1] || binary.BigEndian.Uint16(m[2:])&flagResponse == 0 ||
		binary.BigEndian.Uint16(m[4:]) != 1 {
		return false
	}
	for i := headerLen; i < len(q); i++ {
		if lower(m[i]) != lower(q[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// addresses reads an answer: its code, and what addresses it has, of this name and of those that this one is an alias
// of. A name server that was asked to look further has looked up aliases itself. One that is cut short has the first.
func (q query) addresses(m []byte) (found []addr, code int, err error) {
	flags := binary.BigEndian.Uint16(m[2:])
	code = int(flags & maskCode)
	size := 4
	if q.kind() == typeAAAA {
		size = 16
	}
	at := len(q)
	for n := binary.BigEndian.Uint16(m[6:]); n > 0 && at < len(m) && len(found) < maxAddresses; n-- {
		if at = skipName(m, at); at < 0 || len(m)-at < 10 {
			return found, code, errMessage
		}
		kind, class := binary.BigEndian.Uint16(m[at:]), binary.BigEndian.Uint16(m[at+2:])
		length := int(binary.BigEndian.Uint16(m[at+8:]))
		at += 10
		if len(m)-at < length {
			return found, code, errMessage
		}
		if kind == q.kind() && class == classIN && length == size {
			a := addr{v6: size == 16}
			copy(a.ip[:], m[at:at+size])
			found = append(found, a)
		}
		at += length
	}
	if found == nil && flags&flagCut != 0 {
		return nil, code, errMessage
	}
	return found, code, nil
}

// skipName returns where the name at this place ends, -1 if it is none. What a pointer points to need not be known,
// and so it can't lead in circles.
func skipName(m []byte, at int) int {
	for at < len(m) {
		switch n := int(m[at]); n >> 6 {
		case 0:
			at += 1 + n
			if n == 0 {
				return at
			}
		case 3:
			return at + 2
		default:
			return -1
		}
	}
	return -1
}

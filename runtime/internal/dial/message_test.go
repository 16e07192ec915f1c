//go:build go1.21 && (linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package dial

import (
	"encoding/binary"
	"strings"
	"testing"
)

// answer makes an answer to a question: a code and records, each given as its bytes behind the owner's name.
func answer(q query, code uint16, records ...[]byte) []byte {
	m := append([]byte(nil), q...)
	binary.BigEndian.PutUint16(m[2:], flagResponse|flagRecursion|code)
	binary.BigEndian.PutUint16(m[6:], uint16(len(records)))
	for _, r := range records {
		m = append(append(m, 0xc0, headerLen), r...) // the name is a pointer to the question's
	}
	return m
}

// record is a resource record without its owner's name.
func record(kind uint16, data ...byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, kind)
	b = binary.BigEndian.AppendUint16(b, classIN)
	b = binary.BigEndian.AppendUint32(b, 60)
	b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}

func recordA(last byte) []byte { return record(typeA, 10, 0, 0, last) }

func ask4(t testing.TB, name string) query {
	q, err := newQuery(0x1234, name, typeA)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestQuery(t *testing.T) {
	q, err := newQuery(0x1234, "my.agent.", typeAAAA)
	if want := "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x02my\x05agent\x00\x00\x1c\x00\x01"; err != nil || string(q) != want {
		t.Errorf("%q %v", q, err)
	}
	long := strings.Repeat("a", 63)
	for _, name := range []string{"", ".", "..", "a..", ".a.", "a..b.", long + "a.", strings.Repeat(long+".", 4), strings.Repeat("a.", 128)} {
		if q, err := newQuery(1, name, typeA); err != errName {
			t.Errorf("%q: %q %v", name, q, err)
		}
	}
	if q, err := newQuery(1, strings.Repeat(long+".", 3)+long[:61]+".", typeA); err != nil || len(q) != headerLen+255+4 {
		t.Errorf("the longest: %d bytes, %v", len(q), err)
	}
}

func TestAnswer(t *testing.T) {
	q := ask4(t, "agent.")
	alias := record(5, 1, 'x', 0xc0, headerLen)
	var many [][]byte
	for i := 0; i < 40; i++ {
		many = append(many, recordA(byte(i)))
	}
	cut := answer(q, 0)
	cut[2] |= flagCut >> 8
	for _, c := range []struct {
		name    string
		message []byte
		found   string
		code    int
		err     error
	}{
		{"two", answer(q, 0, recordA(1), recordA(2)), "10.0.0.1 10.0.0.2", 0, nil},
		{"an alias", answer(q, 0, alias, recordA(1)), "10.0.0.1", 0, nil},
		{"other kinds", answer(q, 0, record(typeAAAA, make([]byte, 16)...), record(16, 'a'), record(typeA, 1, 2)), "", 0, nil},
		{"none", answer(q, 0), "", 0, nil},
		{"no such name", answer(q, codeNoName), "", codeNoName, nil},
		{"failure", answer(q, 2), "", 2, nil},
		{"fewer than it says", answer(q, 0, recordA(1), recordA(2))[:len(q)+16], "10.0.0.1", 0, nil},
		{"cut within a record", answer(q, 0, recordA(1), recordA(2))[:len(q)+30], "10.0.0.1", 0, errMessage},
		{"cut within a name", answer(q, 0, recordA(1))[:len(q)+1], "", 0, errMessage},
		{"a label of the wrong kind", append(answer(q, 0, recordA(1))[:len(q)], 0x80, 0, 0), "", 0, errMessage},
		{"nothing but the word that it is cut", cut, "", 0, errMessage},
		{"forty", answer(q, 0, many...), texts(list(maxAddresses)), 0, nil},
	} {
		if !q.answeredBy(c.message) {
			t.Errorf("%s: is not taken for the answer", c.name)
			continue
		}
		found, code, err := q.addresses(c.message)
		if texts(found) != c.found && err == nil || code != c.code && err == nil || err != c.err {
			t.Errorf("%s: %s, %d, %v", c.name, texts(found), code, err)
		}
	}
}

func list(n int) (l []addr) {
	for i := 0; i < n; i++ {
		l = append(l, addr{ip: [16]byte{10, 0, 0, byte(i)}})
	}
	return l
}

// TestForeignAnswer: what is not the answer to the very question is no answer.
func TestForeignAnswer(t *testing.T) {
	q := ask4(t, "agent.")
	good := func() []byte { return answer(q, 0, recordA(1)) }
	if m := good(); !q.answeredBy(m) || !q.answeredBy([]byte(strings.Replace(string(m), "agent", "aGeNT", 1))) {
		t.Error("the answer is not taken for one")
	}
	for name, change := range map[string]func(m []byte) []byte{
		"number":       func(m []byte) []byte { m[1]++; return m },
		"question":     func(m []byte) []byte { return []byte(strings.Replace(string(m), "agent", "agenx", 1)) },
		"kind":         func(m []byte) []byte { m[len(q)-3] = typeAAAA; return m },
		"a question":   func(m []byte) []byte { m[2] &= 0x7f; return m },
		"no question":  func(m []byte) []byte { m[5] = 0; return m },
		"short":        func(m []byte) []byte { return m[:len(q)-1] },
		"empty":        func(m []byte) []byte { return nil },
		"another name": func(m []byte) []byte { return answer(ask4(t, "agent.x."), 0, recordA(1)) },
	} {
		if q.answeredBy(change(good())) {
			t.Errorf("%s: taken for the answer", name)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	q := ask4(f, "agent.")
	f.Add(answer(q, 0, recordA(1), recordA(2))[len(q):], uint16(2))
	f.Add(answer(q, 0, record(5, 1, 'x', 0xc0, headerLen))[len(q):], uint16(1))
	f.Add([]byte{0xc0, byte(len(q)), 0xc0, 0xff}, uint16(65535))
	f.Fuzz(func(t *testing.T, records []byte, count uint16) {
		m := append(answer(q, 0), records...)
		binary.BigEndian.PutUint16(m[6:], count)
		found, code, _ := q.addresses(m)
		if len(found) > maxAddresses || len(found) > int(count) || code != 0 {
			t.Errorf("%d addresses of %d records, code %d", len(found), count, code)
		}
		for _, a := range found {
			if !strings.Contains(string(records), string(a.ip[:4])) {
				t.Errorf("%s is not in the message", a.text())
			}
		}
		q.answeredBy(records)
	})
}

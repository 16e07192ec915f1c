//go:build go1.21

// Package redisinfo tells of Redis commands what their spans show: the command
// as a line of text, bounded and without passwords. It knows no client library.
package redisinfo

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// What is shown of a command, in bytes: values are data, and may be megabytes.
const (
	maxValue   = 100
	maxCommand = 1000
	maxLines   = 5000 // of all commands of a pipeline
)

// cut marks what has been left out.
const cut = "..."

// Name returns what a command is called, in lower case; "" if that is not text.
func Name(args []any) string {
	if len(args) == 0 {
		return ""
	}
	switch v := args[0].(type) {
	case string:
		return strings.ToLower(v)
	case []byte:
		return strings.ToLower(string(v))
	}
	return ""
}

// Line appends a command as one line: its name and arguments with a space
// between them, each argument cut to 100 bytes and the line to 1000. What is a
// password by its place, or of a type that is not plain data, is "?".
func Line(b []byte, args []any) []byte {
	start := len(b)
	hide := secretOf(args)
	for i, arg := range args {
		if i > 0 {
			b = append(b, ' ')
		}
		if len(b)-start > maxCommand {
			return append(b, cut...)
		}
		if hide != nil && hide.secret(i, args) {
			b = append(b, '?')
			continue
		}
		b = appendArg(b, arg)
	}
	return b
}

// Lines appends the i-th command of a pipeline, on a line of its own. It tells
// whether there is room for more.
func Lines(b []byte, i int, args []any) ([]byte, bool) {
	if i > 0 {
		b = append(b, '\n')
	}
	if len(b) > maxLines {
		return append(b, cut...), false
	}
	return Line(b, args), true
}

func appendArg(b []byte, arg any) []byte {
	switch v := arg.(type) {
	case string:
		return appendText(b, v)
	case []byte:
		if len(v) > maxValue+utf8.UTFMax {
			v = v[:maxValue+utf8.UTFMax] // no copy of what is not shown
		}
		return appendText(b, string(v))
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case int32:
		return strconv.AppendInt(b, int64(v), 10)
	case int16:
		return strconv.AppendInt(b, int64(v), 10)
	case int8:
		return strconv.AppendInt(b, int64(v), 10)
	case uint64:
		return strconv.AppendUint(b, v, 10)
	case uint:
		return strconv.AppendUint(b, uint64(v), 10)
	case uint32:
		return strconv.AppendUint(b, uint64(v), 10)
	case uint16:
		return strconv.AppendUint(b, uint64(v), 10)
	case uint8:
		return strconv.AppendUint(b, uint64(v), 10)
	case float64:
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	case float32:
		return strconv.AppendFloat(b, float64(v), 'f', -1, 64)
	case bool:
		return strconv.AppendBool(b, v)
	case time.Time:
		return v.AppendFormat(b, time.RFC3339Nano)
	case time.Duration:
		return strconv.AppendInt(b, int64(v), 10)
	}
	// Printing it would run methods of the program's, perhaps while other
	// goroutines change the value.
	return append(b, '?')
}

func appendText(b []byte, s string) []byte {
	if len(s) <= maxValue {
		return append(b, s...)
	}
	n := maxValue
	for n > maxValue-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return append(append(b, s[:n]...), cut...)
}

// secrets says which arguments of a command are passwords.
type secrets struct {
	from   int    // all from here on
	option string // those after an option whose name has this, or "pass", in it
}

// secretOf returns nil for the many commands that have no passwords.
func secretOf(args []any) *secrets {
	switch Name(args) {
	case "auth":
		return &secrets{from: 1}
	case "acl": // setuser NAME >PASSWORD ...
		return &secrets{from: 3}
	case "hello", "migrate", "config", "sentinel":
		return &secrets{option: "auth"}
	}
	return nil
}

// secret tells whether the i-th argument is a password, or may be.
func (s *secrets) secret(i int, args []any) bool {
	if s.from > 0 {
		return i >= s.from
	}
	for j := 1; j < i; j++ {
		if word := Name(args[j : j+1]); len(word) <= 32 {
			if strings.Contains(word, s.option) || strings.Contains(word, "pass") {
				return true
			}
		}
	}
	return false
}

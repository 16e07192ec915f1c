package redisinfo

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

type thing struct{ Secret string }

func TestLine(t *testing.T) {
	long := strings.Repeat("é", 200)
	for _, c := range []struct {
		args []any
		want string
	}{
		{nil, ""},
		{[]any{"ping"}, "ping"},
		{[]any{"set", "k", "v", "ex", int64(3), uint8(4), 1.5, true}, "set k v ex 3 4 1.5 true"},
		{[]any{"set", "k", []byte("bytes")}, "set k bytes"},
		{[]any{"set", "k", nil}, "set k ?"},
		{[]any{"set", "k", &thing{"s3cret"}}, "set k ?"},
		{[]any{"set", "k", time.Unix(0, 0).UTC()}, "set k 1970-01-01T00:00:00Z"},
		{[]any{"set", "k", long}, "set k " + long[:100] + "..."},
		{[]any{"set", "k", []byte("x" + long)}, "set k x" + long[:98] + "..."},
		{[]any{"auth", "s3cret"}, "auth ?"},
		{[]any{"AUTH", "me", "s3cret"}, "AUTH ? ?"},
		{[]any{"hello", 3, "auth", "me", "s3cret", "setname", "x"}, "hello 3 auth ? ? ? ?"},
		{[]any{"hello", 3}, "hello 3"},
		{[]any{"config", "set", "requirepass", "s3cret"}, "config set requirepass ?"},
		{[]any{"config", "set", "masterauth", "s3cret"}, "config set masterauth ?"},
		{[]any{"config", "set", "maxmemory", 3}, "config set maxmemory 3"},
		{[]any{"acl", "setuser", "me", ">s3cret"}, "acl setuser me ?"},
		{[]any{[]byte("AUTH"), []byte("s3cret")}, "AUTH ?"},
		{[]any{"config", "set", []byte("requirepass"), "s3cret"}, "config set requirepass ?"},
		{[]any{"acl", "list"}, "acl list"},
		{[]any{"migrate", "h", 1, "", 0, 5, "AUTH2", "me", "s3cret", "KEYS", "k"}, "migrate h 1  0 5 AUTH2 ? ? ? ?"},
		{[]any{"sentinel", "set", "m", "auth-pass", "s3cret"}, "sentinel set m auth-pass ?"},
	} {
		if got := string(Line(nil, c.args)); got != c.want {
			t.Errorf("%v:\n got %q\nwant %q", c.args, got, c.want)
		}
	}
}

func TestName(t *testing.T) {
	for _, c := range []struct {
		args []any
		want string
	}{{nil, ""}, {[]any{"get"}, "get"}, {[]any{"GET", "k"}, "get"}, {[]any{[]byte("Get")}, "get"}, {[]any{3}, ""}} {
		if got := Name(c.args); got != c.want {
			t.Errorf("%v: %q, want %q", c.args, got, c.want)
		}
	}
}

func TestBounds(t *testing.T) {
	args := []any{"mset"}
	for i := 0; i < 10000; i++ {
		args = append(args, strings.Repeat("v", 90))
	}
	if got := Line(nil, args); len(got) > maxCommand+maxValue+10 || !strings.HasSuffix(string(got), " ...") {
		t.Errorf("%d bytes, ends with %q", len(got), got[len(got)-10:])
	}
	var b []byte
	n := 0
	for more := true; more; n++ {
		b, more = Lines(b, n, args)
	}
	if len(b) > maxLines+maxCommand+maxValue+10 || n > 10 || !strings.HasSuffix(string(b), "\n...") {
		t.Errorf("%d lines, %d bytes", n, len(b))
	}
}

// A usual command is shown without an allocation but the text's own.
func TestAllocations(t *testing.T) {
	args := []any{"set", "key", "value", "ex", 30}
	var room [256]byte
	if n := testing.AllocsPerRun(100, func() { Line(room[:0], args) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzLine(f *testing.F) {
	f.Add("set", "key", "value")
	f.Add("auth", "me", "s3cret")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		got := Line(nil, []any{a, b, c})
		if utf8.ValidString(a) && utf8.ValidString(b) && utf8.ValidString(c) && !utf8.Valid(got) {
			t.Errorf("%q", got)
		}
	})
}

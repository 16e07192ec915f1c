//go:build go1.21

package filter

import (
	"fmt"
	"testing"
)

type root struct {
	resource string
	tags     map[string]string
}

func (r root) Resource() string { return r.resource }
func (r root) Text(key string) (string, bool) {
	v, ok := r.tags[key]
	return v, ok
}

func TestDrops(t *testing.T) {
	get := root{"GET /healthcheck/db", map[string]string{"a": "1", "b": "two", "url": "http://x/y"}}
	for _, c := range []struct {
		ignore, reject, rejectPattern, require, requirePattern string
		want                                                   bool
	}{
		{want: false},
		{ignore: `POST, healthcheck`, want: true}, // not anchored
		{ignore: `^healthcheck`, want: false},
		{ignore: `(?i)HEALTH`, want: true},
		{ignore: `"GET /[a-z]{3,}/db$"`, want: true}, // a comma in quotes
		{ignore: `(,GET`, want: true},                // one that can't be used beside one that can
		{ignore: `x,`, want: false},
		{reject: `a`, want: true},
		{reject: `a:2 b:two`, want: true},
		{reject: `a:2  b:three`, want: false},
		{reject: `["b:two","x y"]`, want: true},
		{reject: `url:http://x/y`, want: true},
		{reject: `A:1`, want: false},
		{rejectPattern: `b:w`, want: true},
		{rejectPattern: `b:^w`, want: false},
		{rejectPattern: `b`, want: true},
		{reject: `b:three`, rejectPattern: `b:w`, want: false}, // has an exact value
		{rejectPattern: `b:( b:o$`, want: true},
		{require: `a b:two`, want: false},
		{require: `a  b:two `, want: false},
		{require: `a c`, want: true},
		{require: `b:three`, want: true},
		{requirePattern: `b:^t`, want: false},
		{requirePattern: `b:^w`, want: true},
		{requirePattern: `c`, want: true},
		{require: `a:1`, reject: `a:1`, want: true},
	} {
		var f Filter
		f.Ignore(c.ignore)
		f.Reject(c.reject, c.rejectPattern)
		f.Require(c.require, c.requirePattern)
		if got := f.Drops(get, false); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
		if empty := c.ignore+c.reject+c.rejectPattern+c.require+c.requirePattern == ""; empty && !f.Empty() {
			t.Errorf("%+v is not empty", c)
		}
	}
	var f Filter
	f.Require("c", "")
	if f.Drops(get, true) {
		t.Error("a root that is open is dropped for a tag that it has not yet")
	}
}

func TestBad(t *testing.T) {
	var f Filter
	got := fmt.Sprintf("%q", f.Ignore("(,a"))
	got += fmt.Sprintln(f.Reject(`[1,"a"]`, `k:(`))
	got += fmt.Sprintln(f.Require(`[`, `[`))
	want := `["error parsing regexp: missing closing ): ` + "`(`" + `"][1 is no string] [error parsing regexp: missing closing ): ` + "`(`]" + `
[not JSON: it ends too early] [not JSON: it ends too early]
`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func FuzzFilter(f *testing.F) {
	f.Add(`a,"b,c"`, `k:v [`)
	f.Add(`"`, `["k:v",""]`)
	f.Fuzz(func(t *testing.T, ignore, tags string) {
		var filter Filter
		filter.Ignore(ignore)
		filter.Reject(tags, tags)
		filter.Require(tags, tags)
		filter.Drops(root{resource: ignore, tags: map[string]string{"k": tags}}, false)
	})
}

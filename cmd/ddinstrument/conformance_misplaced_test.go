package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// conformA17 is one of each; the diagnostics have scripts of their own.
func conformA17(t *testing.T, _, form string) {
	dir := t.TempDir()
	files := map[string]string{"go.mod": "module m\n\ngo 1.24\n", "m.go": misplaced[form].text}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, verb := range []string{"check", "build", "vet"} {
		var out bytes.Buffer
		s := run([]string{verb, "-C", dir}, stream{nil, &out, &out}, conformEnv())
		if s.Code != 1 {
			t.Errorf("%s ends with %+v", verb, s)
		}
		var places []string
		for line := range strings.Lines(out.String()) {
			place, message, _ := strings.Cut(line, ": ")
			places = append(places, place)
			if !strings.ContainsAny(message, ";?") {
				t.Errorf("this does not say what to do: %s", line)
			}
		}
		compare(t, verb, strings.Join(places, " "), misplaced[form].at)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(files) {
		t.Errorf("something was written: %v", entries)
	}
}

// misplaced are directives that are wrong, by form, and where that is said.
var misplaced = map[string]struct{ text, at string }{
	function: {`package main

//dd:trace
type T struct{}

//dd:trace
const c = 1

type I interface {
	//dd:trace
	M()
}

//dd:trace
func noBody()

//dd:trace one
//dd:trace two
func two() {}

//dd:trace recource=r
func unknown() {}

//dd:trace name=
func empty() {}

func main() {}
`, "./m.go:3:1 ./m.go:6:1 ./m.go:10:2 ./m.go:14:1 ./m.go:18:1 ./m.go:21:12 ./m.go:24:12"},
	"block": {`package main

func main() {
	//dd:trace return.n={1}
	{
	}
	switch {
	//dd:trace
	case true:
	}
	//dd:trace
	//dd:trace
	main()
	//dd:trace recource=r
	for {
		//dd:trace
		break
	}
	//dd:trace name=
	if true {
	}
	//dd:trace
}
`, "./m.go:4:23 ./m.go:8:2 ./m.go:12:2 ./m.go:14:13 ./m.go:16:3 ./m.go:19:13 ./m.go:22:2"},
	"literal": {`package main

func main() {
	//dd:trace
	type t struct{}
	//dd:trace one
	//dd:trace two
	f := func() {}
	//dd:trace recource=r
	g := func() {}
	//dd:trace name=
	f, g = func() {}, func() {}
	defer func() { f(); g() }()
}
`, "./m.go:4:2 ./m.go:7:2 ./m.go:9:13 ./m.go:11:13"},
}

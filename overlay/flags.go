package overlay

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// A Command is a go command as the user wrote it, taken apart as far as
// ddinstrument must understand it.
type Command struct {
	Verb     string   // build, run, test, install, vet, list
	Dir      string   // of -C, "" without
	Flags    []string // flags of the go command, each as one word, -C and those of Own left out
	Patterns []string // package patterns or .go files
	Rest     []string // what follows them: a program's arguments, a test binary's flags
	Own      map[string]string
}

// flag kinds: whether a flag takes its value from the next word.
const (
	boolean = iota
	valued
)

// buildFlags are the flags of go build, and of every verb here
// (go help build).
var buildFlags = map[string]int{
	"C": valued, "a": boolean, "n": boolean, "p": valued, "race": boolean, "msan": boolean, "asan": boolean,
	"cover": boolean, "covermode": valued, "coverpkg": valued, "v": boolean, "work": boolean, "x": boolean,
	"asmflags": valued, "buildmode": valued, "buildvcs": boolean, "compiler": valued, "gccgoflags": valued,
	"gcflags": valued, "installsuffix": valued, "json": boolean, "ldflags": valued, "linkshared": boolean,
	"mod": valued, "modcacherw": boolean, "modfile": valued, "overlay": valued, "pgo": valued, "pkgdir": valued,
	"tags": valued, "trimpath": boolean, "toolexec": valued, "o": valued, "exec": valued,
}

// verbFlags are those that a verb has beside them (go help test, go help
// testflag, go help vet).
var verbFlags = map[string]map[string]int{
	"test": {
		"args": boolean, "c": boolean, "i": boolean, "bench": valued, "benchmem": boolean, "benchtime": valued,
		"blockprofile": valued, "blockprofilerate": valued, "count": valued, "coverprofile": valued, "cpu": valued,
		"cpuprofile": valued, "failfast": boolean, "fullpath": boolean, "fuzz": valued, "fuzzminimizetime": valued,
		"fuzztime": valued, "list": valued, "memprofile": valued, "memprofilerate": valued, "mutexprofile": valued,
		"mutexprofilefraction": valued, "outputdir": valued, "parallel": valued, "run": valued, "short": boolean,
		"shuffle": valued, "skip": valued, "timeout": valued, "trace": valued, "vet": valued, "artifacts": boolean,
	},
	"vet": {"vettool": valued, "fix": boolean, "diff": boolean},
}

// ErrUsage is what a command line that can't be taken apart gives.
var ErrUsage = errors.New("usage")

// ParseCommand takes a go command's arguments apart. own names the flags that
// are ddinstrument's, and whether each takes a value; a flag of go's with the
// same name goes first.
func ParseCommand(verb string, args []string, own map[string]bool) (*Command, error) {
	p := &commandParser{Command: Command{Verb: verb, Own: map[string]string{}}, own: own, args: args}
	for len(p.args) > 0 {
		done, err := p.next()
		if err != nil {
			return nil, err
		}
		if done {
			break
		}
	}
	p.Rest = append(p.Rest, p.args...)
	return &p.Command, nil
}

type commandParser struct {
	Command
	own  map[string]bool
	args []string // not read yet
}

// next reads one flag or package, and reports whether the rest is the
// program's.
func (p *commandParser) next() (done bool, err error) {
	arg := p.args[0]
	if len(arg) < 2 || arg[0] != '-' {
		return p.pattern(arg), nil
	}
	name, value, given := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
	kind, known := p.kind(name)
	takesValue, isOwn := p.own[name]
	switch {
	case p.Verb == "test" && name == "args":
		return true, nil
	case known && kind == boolean:
		p.Flags, p.args = append(p.Flags, arg), p.args[1:]
		return false, nil
	case known || isOwn && takesValue:
		if !given {
			if len(p.args) < 2 {
				return false, fmt.Errorf("%w: flag needs an argument: %s", ErrUsage, arg)
			}
			value, p.args = p.args[1], p.args[1:]
		}
		p.args = p.args[1:]
		p.take(name, value, known)
		return false, nil
	case isOwn:
		p.Own[name], p.args = "true", p.args[1:]
		if given {
			p.Own[name] = value
		}
		return false, nil
	case p.Verb == "test":
		return true, nil // a flag of the test binary's own: go test takes no package behind it
	}
	p.Flags, p.args = append(p.Flags, arg), p.args[1:]
	return false, nil
}

func (p *commandParser) kind(name string) (int, bool) {
	if kind, ok := verbFlags[p.Verb][name]; ok {
		return kind, true
	}
	kind, ok := buildFlags[name]
	return kind, ok
}

func (p *commandParser) take(name, value string, gos bool) {
	switch {
	case gos && name == "C":
		p.Dir = value
	case gos:
		p.Flags = append(p.Flags, "-"+name+"="+value)
	case name == "trace" && p.Own[name] != "":
		p.Own[name] += "\n" + value
	default:
		p.Own[name] = value
	}
}

// pattern reads what is not a flag.
func (p *commandParser) pattern(arg string) (done bool) {
	switch p.Verb {
	case "test": // flags may stand behind packages
		p.Patterns, p.args = append(p.Patterns, arg), p.args[1:]
		return false
	case "run": // .go files or one package, then the program's arguments
		n := 0
		for n < len(p.args) && strings.HasSuffix(p.args[n], ".go") {
			n++
		}
		n = max(n, 1)
		p.Patterns, p.args = p.args[:n], p.args[n:]
		return true
	}
	p.Patterns, p.args = p.args, nil
	return true
}

// Flag returns the value of a go flag, the last one given.
func (c *Command) Flag(name string) (string, bool) { return lastFlag(c.Flags, name) }

func lastFlag(flags []string, name string) (value string, ok bool) {
	for _, f := range flags {
		n, v, given := strings.Cut(strings.TrimLeft(f, "-"), "=")
		if n != name {
			continue
		}
		value, ok = v, true
		if !given {
			value = "true"
		}
	}
	return value, ok
}

// without returns the flags that do not have one of the names.
func without(flags []string, names ...string) []string {
	var kept []string
	for _, f := range flags {
		n, _, _ := strings.Cut(strings.TrimLeft(f, "-"), "=")
		if !contains(names, n) {
			kept = append(kept, f)
		}
	}
	return kept
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// listFlags are the flags that decide which files a build has and how they are
// compiled: what go list must be told to see what go build would see.
func (c *Command) listFlags() []string {
	var kept []string
	for _, f := range c.Flags {
		name, _, _ := strings.Cut(strings.TrimLeft(f, "-"), "=")
		_, of := buildFlags[name]
		if _, verb := verbFlags[c.Verb][name]; verb || !of {
			continue
		}
		switch name {
		case "a", "n", "v", "work", "x", "o", "exec", "json", "p", "buildvcs",
			"cover", "covermode", "coverpkg", "overlay":
			continue
		}
		kept = append(kept, f)
	}
	return kept
}

// covers reports whether the build measures coverage.
func (c *Command) covers(goflags []string) bool {
	for _, flags := range [][]string{c.Flags, goflags} {
		for _, name := range []string{"cover", "coverpkg", "covermode", "coverprofile"} {
			if v, ok := lastFlag(flags, name); ok && v != "false" {
				return true
			}
		}
	}
	return false
}

// abs makes a path of the command line absolute.
func abs(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// splitFlags splits GOFLAGS as the go command does: at spaces, with quotes
// around a whole flag.
func splitFlags(s string) []string {
	var words []string
	for {
		s = strings.TrimLeft(s, " \t\r\n")
		if s == "" {
			return words
		}
		if q := s[0]; q == '"' || q == '\'' {
			if end := strings.IndexByte(s[1:], q); end >= 0 {
				words, s = append(words, s[1:1+end]), s[end+2:]
				continue
			}
		}
		end := strings.IndexAny(s, " \t\r\n")
		if end < 0 {
			end = len(s)
		}
		words, s = append(words, s[:end]), s[end:]
	}
}

// joinFlags is the inverse of splitFlags.
func joinFlags(flags []string) string {
	words := make([]string, len(flags))
	for i, f := range flags {
		words[i] = f
		if strings.ContainsAny(f, " \t\r\n") {
			quote := "'"
			if strings.Contains(f, "'") {
				quote = `"`
			}
			words[i] = quote + f + quote
		}
	}
	return strings.Join(words, " ")
}

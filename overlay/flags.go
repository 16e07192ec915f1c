package overlay

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
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
	Late     []string // flags of the go command that stand in Rest, between those of a test binary
	Trace    []string // the rules of --trace
	All      bool     // of --all
	Libs     string   // of --libs: which libraries are traced, "" when it is not given
	Own      map[string]string
}

// ErrUsage is what a command line that can't be taken apart gives.
var ErrUsage = errors.New("usage")

// ruleFlags are ddinstrument's own flags for every verb, and whether they take a
// value.
var ruleFlags = map[string]bool{"trace": true, "all": false, libsFlag: false}

// libsFlag is the one flag that may do without its value: all is meant then.
const libsFlag = "libs"

// ParseCommand takes a go command's arguments apart. own names the flags that
// are ddinstrument's, beside those of the rules, and whether each takes a value.
// They have two dashes: with one, -trace is a flag of go test. One is enough
// where the verb is none of the go command's, and it has no flag of that name.
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

	listed    bool // go test: the list of packages is at its end
	late      bool // go test: a flag of the test binary's has been seen
	afterFlag bool // go test: the word before was one without a value
}

// next reads one flag or package, and reports whether the rest is the
// program's.
func (p *commandParser) next() (done bool, err error) {
	arg := p.args[0]
	afterFlag := p.afterFlag
	p.afterFlag = false
	switch {
	case arg == "--" && p.Verb == "test":
		return true, nil
	case arg == "--":
		if p.args = p.args[1:]; len(p.args) == 0 {
			return true, nil
		}
		return p.pattern(p.args[0], false), nil
	case len(arg) < 2 || arg[0] != '-':
		return p.pattern(arg, afterFlag), nil
	}
	name, value, given := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
	kind, known := p.kind(name)
	takesValue, isOwn := p.ownFlag(arg, name)
	known = known && !isOwn
	p.listed = p.listed || len(p.Patterns) > 0 && !isOwn
	switch {
	case p.Verb == "test" && name == "args":
		return true, nil
	case known && kind == boolean:
		p.flag(arg)
	case known || isOwn && takesValue:
		if !given {
			if len(p.args) < 2 {
				return false, fmt.Errorf("%w: flag needs an argument: %s", ErrUsage, arg)
			}
			value, p.args = p.args[1], p.args[1:]
		}
		p.take(name, value, known)
	case isOwn && name == libsFlag:
		if !given {
			value = "all"
		}
		if value == "" {
			return false, fmt.Errorf("%w: --libs= has no value; it is all, off, or a list of libraries", ErrUsage)
		}
		p.take(name, value, false)
	case isOwn:
		if !given {
			value = "true"
		}
		on, err := strconv.ParseBool(value)
		if err != nil {
			return false, fmt.Errorf("%w: --%s is true or false, not %q", ErrUsage, name, value)
		}
		p.take(name, strconv.FormatBool(on), false)
	case p.Verb == "test": // of the test binary's own: go test takes no package behind it
		p.listed, p.late, p.afterFlag = true, true, !given
		p.Rest = append(p.Rest, arg)
	case !gos[p.Verb]:
		return false, fmt.Errorf("%w: flag provided but not defined: %s", ErrUsage, arg)
	default:
		p.Flags = append(p.Flags, arg)
	}
	p.args = p.args[1:]
	return false, nil
}

// ownFlag reports whether a flag is ddinstrument's, and whether it takes a value.
func (p *commandParser) ownFlag(arg, name string) (takesValue, ok bool) {
	if !strings.HasPrefix(arg, "--") {
		if _, known := p.kind(name); !known && !gos[p.Verb] {
			takesValue, ok = p.own[name]
		}
		return takesValue, ok
	}
	if takesValue, ok = ruleFlags[name]; !ok {
		takesValue, ok = p.own[name]
	}
	return takesValue, ok
}

// flag takes a flag of the go command, as one word.
func (p *commandParser) flag(word string) {
	if p.late {
		p.Rest, p.Late = append(p.Rest, word), append(p.Late, word)
		return
	}
	p.Flags = append(p.Flags, word)
}

func (p *commandParser) kind(name string) (int, bool) {
	if kind, ok := verbFlags[p.Verb][name]; ok {
		return kind, true
	}
	if short, ok := strings.CutPrefix(name, "test."); ok && p.Verb == "test" {
		if short == "v" {
			return boolean, true
		}
		kind, ok := verbFlags["test"][short]
		return kind, ok && !slices.Contains([]string{"args", "c", "i", "vet"}, short)
	}
	kind, ok := buildFlags[name]
	return kind, ok
}

func (p *commandParser) take(name, value string, gos bool) {
	switch {
	case gos && name == "C":
		p.Dir = value
	case gos:
		p.flag("-" + name + "=" + value)
	case name == "trace":
		p.Trace = append(p.Trace, value)
	case name == "all":
		p.All = value == "true"
	case name == libsFlag:
		p.Libs = value
	default:
		p.Own[name] = value
	}
}

// pattern reads what is not a flag.
func (p *commandParser) pattern(arg string, afterFlag bool) (done bool) {
	switch p.Verb {
	case "test": // flags may stand behind packages, and packages not behind them again
		switch {
		case !p.listed:
			p.Patterns = append(p.Patterns, arg)
		case afterFlag: // perhaps its value
			p.Rest = append(p.Rest, arg)
		default:
			return true
		}
		p.args = p.args[1:]
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

// NamesFiles reports whether the package is a list of files.
func (c *Command) NamesFiles() bool {
	return len(c.Patterns) > 0 && strings.HasSuffix(c.Patterns[0], ".go")
}

// NamesVersions reports whether packages are named as of a version (path@v1.2.3):
// the go command then builds them outside of any module of the user's.
func (c *Command) NamesVersions() bool {
	return slices.ContainsFunc(c.Patterns, func(p string) bool { return strings.Contains(p, "@") })
}

// Flag returns the value of a go flag, the last one given.
func (c *Command) Flag(name string) (string, bool) { return lastFlag(c.flags(), name) }

// flags are the flags of the go command, wherever they stand.
func (c *Command) flags() []string { return append(slices.Clone(c.Flags), c.Late...) }

// listFlags are the flags that decide which files a build has and how they are
// compiled: what go list must be told to see what go build would see.
func (c *Command) listFlags() []string {
	var kept []string
	for _, f := range c.flags() {
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

// ruleFlags are the rules that the command line gives, as text.
func (c *Command) ruleFlags() []byte { return fmt.Appendf(nil, "%q %v %q", c.Trace, c.All, c.Libs) }

// tests reports whether test files are part of what the command is about.
func (c *Command) tests() bool {
	switch c.Verb {
	case "build", "run", "install":
		return false
	}
	return true
}

// compiles reports whether a go command will compile what the command is about.
func (c *Command) compiles() bool { return gos[c.Verb] || c.Verb == "overlay" }

// covers reports whether the build measures coverage.
func (c *Command) covers(goflags []string) bool {
	for _, flags := range [][]string{c.flags(), goflags} {
		for _, name := range []string{"cover", "coverpkg", "covermode", "coverprofile", "test.coverprofile"} {
			if v, ok := lastFlag(flags, name); ok && v != "false" {
				return true
			}
		}
	}
	return false
}

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/tools/txtar"

	"github.com/ddinstrument/ddinstrument/directives"
)

// TestReadme runs the programs that the examples of README.md and of the help
// are from: testdata/readme/*.txtar.
func TestReadme(t *testing.T) {
	p := scriptParams(t, "readme")
	p.Cmds["becomes"] = becomes
	p.Cmds["shows"] = shows
	p.Cmds["alike"] = alike
	testscript.Run(t, p)
}

// An example is a block of code in a text.
type example struct {
	line int
	lang string
	text string
}

// TestReadmeExamples finds each example in one of those programs.
func TestReadmeExamples(t *testing.T) {
	tested := readTested(t)
	readme, err := os.ReadFile(filepath.Join(repository(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name, list := range map[string][]example{
		"README.md":       markdownExamples(string(readme)),
		"help":            indentedExamples(rootHelp, "\t"),
		"help directives": indentedExamples(languageHelp, "\t"),
	} {
		if len(list) == 0 {
			t.Errorf("%s has no examples", name)
		}
		for _, e := range list {
			if !tested.has(e) {
				t.Errorf("%s:%d: this example is not part of a script in testdata/readme:\n%s", name, e.line, e.text)
			}
		}
	}
}

// TestKeysAreTaught finds every key of the language in README and in the help.
func TestKeysAreTaught(t *testing.T) {
	_, problems := directives.Parse("//dd:trace NAME zzzzzzzzzzzz=1", 1)
	_, keys, ok := strings.Cut(problems[0].Message, "the keys are ")
	if !ok {
		t.Fatal(problems)
	}
	readme, err := os.ReadFile(filepath.Join(repository(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range strings.Fields(keys) {
		if !strings.Contains(string(readme), "`"+key+"`") {
			t.Errorf("README.md does not teach %s", key)
		}
		if !regexp.MustCompile(`(?m)^  (NAME, )?` + regexp.QuoteMeta(key) + `\b|, ` + key + `=`).MatchString(languageHelp) {
			t.Errorf("help directives does not teach %s", key)
		}
	}
}

// tested is what the scripts run and hold.
type tested struct {
	files    []txtar.File
	scripts  string
	makefile string
	root     string
}

func readTested(t *testing.T) tested {
	t.Helper()
	root := repository(t)
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	s := tested{root: root, makefile: string(makefile)}
	names, err := filepath.Glob(filepath.Join(root, "testdata", "readme", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s.files = append(s.files, a.Files...)
		s.scripts += string(a.Comment)
	}
	return s
}

// has reports whether an example is part of what is tested: as a piece of a
// file, wherever that is indented to, or command by command.
func (s tested) has(e example) bool {
	for _, f := range s.files {
		if e.lang != "" && filepath.Ext(f.Name) != map[string]string{"go": ".go", "yaml": ".yaml", "text": ".txt", "console": ".txt"}[e.lang] {
			continue
		}
		for _, indent := range []string{"", "\t", "  "} {
			piece := "\n" + regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(output(e.text), indent+"$1") + "\n"
			if strings.Contains("\n"+string(f.Data), piece) {
				return s.runs(e.text)
			}
		}
	}
	return output(e.text) == "" && s.runs(e.text) || e.lang == "" && strings.Contains(languageHelp, "\t"+e.text+"\n")
}

var (
	commandLine = regexp.MustCompile(`^(?:\$ )?((?:ddinstrument|make|go install) .*)$`)
	install     = regexp.MustCompile(`^go install ` + modulePath + `/(\S+)@latest$`)
)

// output is an example without the commands in it.
func output(text string) string {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), commandLine.MatchString)
	return strings.Join(lines, "\n")
}

// runs reports whether each command of an example is run somewhere.
func (s tested) runs(text string) bool {
	for line := range strings.Lines(text) {
		m := commandLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		target, isMake := strings.CutPrefix(m[1], "make ")
		folder := install.FindStringSubmatch(m[1])
		switch {
		case isMake && strings.Contains(s.makefile, "\n"+target+":"):
		case folder != nil && isFolder(filepath.Join(s.root, folder[1])):
		case strings.Contains(s.scripts, "exec "+m[1]+"\n"):
		default:
			return false
		}
	}
	return true
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// markdownExamples are the fenced and the indented blocks of a text.
func markdownExamples(text string) []example {
	var list []example
	var outside strings.Builder
	var fenced *example
	scan := bufio.NewScanner(strings.NewReader(text))
	for n := 1; scan.Scan(); n++ {
		lang, fence := strings.CutPrefix(scan.Text(), "```")
		switch {
		case fence && fenced == nil:
			fenced = &example{line: n, lang: lang}
		case fence:
			list = append(list, *fenced)
			fenced = nil
		case fenced != nil && fenced.text != "":
			fenced.text += "\n" + scan.Text()
		case fenced != nil:
			fenced.text = scan.Text()
		default:
			outside.WriteString(scan.Text())
		}
		outside.WriteByte('\n')
	}
	return append(list, indentedExamples(outside.String(), "    ")...)
}

// indentedExamples are the runs of lines that begin with an indent.
func indentedExamples(text, indent string) []example {
	var list []example
	inside := false
	n := 0
	for line := range strings.Lines(text) {
		n++
		code, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), indent)
		switch {
		case ok && inside:
			list[len(list)-1].text += "\n" + code
		case ok:
			list = append(list, example{line: n, text: code})
		}
		inside = ok
	}
	return list
}

var lineComment = regexp.MustCompile(`/\*line [^*]*\*/`)

// becomes is the script command "becomes FILE WANT": in what FILE becomes for
// the compiler, the lines of WANT stand, but for comments that say positions.
func becomes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: becomes FILE WANT")
	}
	ts.Check(ts.Exec("ddinstrument", "overlay", "./..."))
	_, path, _ := strings.Cut(strings.Fields(ts.ReadFile("stdout"))[0], "-overlay=")
	var o struct{ Replace map[string]string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(path)), &o))
	got := lineComment.ReplaceAllString(ts.ReadFile(o.Replace[ts.MkAbs(args[0])]), "")
	if want := ts.ReadFile(args[1]); want == "" || !strings.Contains(got, strings.TrimSuffix(want, "\n")) {
		ts.Fatalf("%s becomes\n%s", args[0], got)
	}
}

// shows is the script command "shows SPANS TREE": every span of a tree as run
// draws it is among those that were sent, as --view=json prints them.
func shows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: shows SPANS TREE")
	}
	list, err := sentSpans(ts.ReadFile(args[0]))
	ts.Check(err)
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "──") {
			continue
		}
		columns := regexp.MustCompile(`\s{2,}`).Split(strings.Trim(line, " │├└─\n"), -1)
		if !slices.ContainsFunc(list, func(s sentSpan) bool { return drawn(s, columns) }) {
			ts.Fatalf("no span sent is %q", columns)
		}
	}
}

// tagged reports whether a span has tags, given as KEY=VALUE; one number is as
// good as another, since ports are.
func tagged(s sentSpan, tags []string) bool {
	number := regexp.MustCompile(`[0-9]+`)
	return !slices.ContainsFunc(tags, func(tag string) bool {
		key, want, _ := strings.Cut(tag, "=")
		got, ok := s.Meta[key]
		if n, isNumber := s.Metrics[key]; isNumber && !ok {
			got, ok = fmt.Sprint(n), true
		}
		return !ok || number.ReplaceAllString(got, "0") != number.ReplaceAllString(want, "0")
	})
}

// drawn reports whether the columns of a line may be a span's, or its error's.
func drawn(s sentSpan, columns []string) bool {
	if wrong, ok := strings.CutPrefix(columns[0], "✗ "); ok {
		place := len(columns) == 1 || strings.Contains(s.Meta["error.stack"], strings.TrimPrefix(columns[1], "at "))
		return place && wrong == s.Meta["error.type"]+": "+s.Meta["error.message"]
	}
	if strings.Contains(columns[0], "=") {
		return tagged(s, strings.Fields(columns[0]))
	}
	line := " " + spanLine(s, "") + " "
	for _, c := range columns[1:] {
		if strings.Contains(c, "=") && !strings.Contains(line, " "+c+" ") || c == "["+s.Service+"]" && s.Service == "" {
			return false
		}
	}
	return columns[0] == s.Name
}

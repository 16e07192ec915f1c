package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// A conformTest is a row that needs more than a run of the program and a look at what came.
type conformTest struct {
	id    string
	forms []string
	test  func(t *testing.T, exe, form string)
}

func testMore(t *testing.T, exe string) {
	only, all := []string{function}, allForms()
	for _, c := range []conformTest{
		{"A3", []string{function, "block"}, conformA3}, {"A4", []string{"literal"}, conformA4}, {"A8", all, conformA8}, {"A9", only, conformA9},
		{"A14", all, conformA14}, {"A16", all, conformA16}, {"A17", []string{function, "block", "literal"}, conformA17},
		{"C11", all, conformC11}, {"C9/FailNow", only, conformFailNow}, {"D5", all, conformD5},
	} {
		for _, form := range c.forms {
			r := conformRow{id: c.id, form: form}
			t.Run(r.name(), func(t *testing.T) { c.test(t, exe, form) })
		}
	}
}

// agentKeeps are the names that the agent's own normalisation (pkg/trace, NormalizeName) leaves as they are: letters, digits
// and periods, a single underscore only between letters or digits, at most 100 bytes.
var agentKeeps = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*(\.+[A-Za-z0-9]+(_[A-Za-z0-9]+)*)*\.*$`)

func conformA3(t *testing.T, exe, form string) {
	if form == function {
		conformNames(t, exe, "A3",
			"conf.Foo.I", "conf.Foo.I", "conf.Foo.P", "conf.Box.Put", "conf.Box.Get", "conf.pair_of.get_x", "conf.Gr_e", "conf.generic",
			"conf.aVeryLongNameOfAFunctionThatSaysAllThatThereIsToSayAboutWhatItDoesAndThenSomeMoreUntilItIsTooLo")
		return
	}
	conformNames(t, exe, "A3-blocks",
		"conf.Foo.blocks.block1", "conf.Foo.blocks.block2", "conf.Box.blocks.block1", "conf.pair_of.has_blocks.block1", "conf.gr_er.block1", "conf.aVeryLongNameOfAFunctionThatSaysAllThatThereIsToSayAboutWhatItDoesAndThenSomeMoreUntilItsBlocks",
		"conf.rowA3Blocks.block1", "conf.rowA3Blocks.block2")
}

func conformA4(t *testing.T, exe, _ string) {
	conformNames(t, exe, "A4", "conf.local", "conf.gr_e_2", "conf.rowA4.Handler", "conf.rowA4.on_end", "conf.inner",
		"conf.Box.each.func3", "conf.returned.func1", "conf.routes.func2", "conf.atLevel", "named")
}

// conformNames compares the names of a row's spans, which are traces of their own.
func conformNames(t *testing.T, exe, row string, want ...string) {
	t.Helper()
	front := startFront(t)
	runConform(t, exe, []string{row}, "DD_TRACE_AGENT_URL="+front.URL)
	var names []string
	for _, trace := range front.agent.Traces() {
		name := trace.Spans[0].Name
		if !agentKeeps.MatchString(name) || len(name) > 100 {
			t.Errorf("the agent would change %s", name)
		}
		names = append(names, name)
	}
	if !slices.Equal(names, want) {
		t.Errorf("names:\n%q\nwant:\n%q", names, want)
	}
}

// conformA8 compares a program with itself: results and signatures of functions of all shapes, built with and without spans.
func conformA8(t *testing.T, exe, form string) {
	bin, pkg := "shapes", "./cmd/shapes"
	if form != function {
		bin += "-" + form
	}
	plain := exec.Command("go", "run", pkg)
	plain.Dir, plain.Env = conformDir(t), conformEnv()
	want, err := plain.Output()
	if err != nil {
		t.Fatal(err)
	}
	front := startFront(t)
	p := runConform(t, filepath.Join(filepath.Dir(exe), bin), nil, "DD_TRACE_AGENT_URL="+front.URL)
	if p.out != string(want) || p.code != 0 {
		t.Errorf("exit status %d, and the program prints:\n%s\nwithout spans:\n%s", p.code, p.out, want)
	}
	spans := conformRow{
		spans: string(readFile(t, filepath.Join(conformDir(t), "cmd", "shapes", "spans.txt"))),
		block: []string{"deferred: boo", "boo"},
	}.in(form).spans
	tree := strings.ReplaceAll(conformTree(front.agent.Traces()), "\n\n", "\n")
	compare(t, "spans", inFunctionForm(tree, form), inFunctionForm(spans, form))
	if form == function {
		command(t, "vet", "-C", filepath.Dir(filepath.Dir(exe)), "./...")
	}
}

func conformA14(t *testing.T, exe, form string) {
	front := startFront(t)
	runConform(t, exe, []string{"A14", form}, "DD_TRACE_AGENT_URL="+front.URL)
	traces := front.agent.Traces()
	compare(t, "spans", conformTree(traces), "starter\n"+strings.Repeat("  work\n", 6))
	for _, s := range traces[0].Spans[1:] {
		if starter := traces[0].Spans[0]; s.Duration < int64(30*time.Millisecond) || s.Start+s.Duration <= starter.Start+starter.Duration {
			t.Errorf("work takes %d ns, starter %d ns", s.Duration, starter.Duration)
		}
	}
}

func conformA16(t *testing.T, exe, form string) {
	for _, off := range []string{"false", "0", "FALSE"} {
		row := conformRow{id: "A16", form: form, env: []string{"DD_TRACE_ENABLED=" + off}, out: `
ab
true true true
true true
flat: true`}
		row.test(t, exe)
	}
}

func conformFailNow(t *testing.T, _, _ string) {
	front := startFront(t)
	var out bytes.Buffer
	env := append(conformEnv(), "DD_TRACE_AGENT_URL="+front.URL)
	s := run([]string{"test", "-v", "-C", conformDir(t), "./failnow"}, stream{nil, &out, &out}, env)
	if s.Code != 1 {
		t.Errorf("%+v", s)
	}
	for _, want := range []string{"--- FAIL: TestFail ", "--- SKIP: TestSkip ", "--- FAIL: TestRun/below ", "--- FAIL: TestBlock/fails ", "deferred"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
	compare(t, "spans", conformTree(front.agent.Traces()), strings.ReplaceAll(`
setup SERVICE

failnow.fails SERVICE

failnow.skips SERVICE

in.test SERVICE
  in.subtest

at.end SERVICE

failnow.below SERVICE
  failnow.fails`, "SERVICE", "service=failnow.test"))
}

// conformD5 tries all of: DD_SERVICE, DD_ENV and DD_VERSION, the same in DD_TAGS, and SetTags.
func conformD5(t *testing.T, exe, form string) {
	for i := range 8 {
		own, tags, set := i&1 != 0, i&2 != 0, i&4 != 0
		env := []string{"DD_SERVICE="}
		if own {
			env = append(env, "DD_SERVICE=conf", "DD_ENV=E", "DD_VERSION=1")
		}
		if tags {
			env = append(env, []string{"DD_TAGS=service:s,env:e,version:v,team:core", "DD_TAGS=team:core version:v env:e service:s"}[i&1])
		}
		if set {
			env = append(env, "SET=1")
		}
		conformRow{id: "D5", form: form, env: env, spans: precedence(own, tags, set)}.test(t, exe)
	}
}

// precedence is what must come of that: DD_* before DD_TAGS before SetTags, except that SetTags may replace a tag which no
// variable is for; and the version of the program for its own service only.
func precedence(own, tags, set bool) string {
	first := func(dd, tag, later string) string {
		switch {
		case own && dd != "":
			return dd
		case tags && tag != "":
			return tag
		case set:
			return later
		}
		return ""
	}
	line := func(program bool) string {
		team, version := "set", first("1", "v", "set")
		if !program {
			version = map[bool]string{true: "set"}[set]
		}
		if !set {
			team = map[bool]string{true: "core"}[tags]
		}
		text := ""
		for _, kv := range [][2]string{{"env", first("E", "e", "set")}, {"team", team}, {"version", version}} {
			if kv[1] != "" {
				text += " " + kv[0] + "=" + kv[1]
			}
		}
		return text
	}
	service := " service=" + first("conf", "s", "")
	if own {
		service = ""
	} else if !tags {
		service = " service=program"
	}
	return "conf.program" + service + line(true) +
		"\n  conf.query service=mysql" + line(false) +
		"\n    conf.row" + line(false) +
		"\n    conf.back service=conf" + line(own) +
		"\n\nconf.owner" + service + " env=own team=own version=own"
}

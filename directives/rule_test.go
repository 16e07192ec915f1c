package directives

import (
	"go/token"
	"strings"
	"testing"
)

// FuzzRules reads anything as a file of rules and as a flag: what is wrong is
// said at a place that is there, and what is right can be matched.
func FuzzRules(f *testing.F) {
	for _, text := range []string{
		"trace:\n  - package: ./...\n    func: \"*Service.*\"\n    do: service=shop only=exported\n",
		"trace: [{package: 'it''s', do: \"a\\tb\\u00e9 x=\\\"\"}]",
		"trace:\n- package: é\n  do: |\n   a\n   b=c\n- &a {package: [x]}\n- *a\n",
		"trace:\n- do: >-\n    a\n\n    b=c\n  package: !!str 12\n",
		"./...:*Service.* service=shop", " :x", "a:[", "x tag.a={(}", "trace: &a [*a]",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fset := token.NewFileSet()
		set, wrong := ParseRules(fset, "ddinstrument.yaml", []byte(text))
		rules := set.Rules
		// YAML has more line breaks than editors have, and a file that ends too
		// early is wrong behind its end.
		lines := 2
		for _, c := range text {
			if strings.ContainsRune("\r\n\u0085\u2028\u2029", c) {
				lines++
			}
		}
		for _, d := range wrong {
			if d.Pos.Line < 1 || d.Pos.Line > lines || d.Pos.Column < 1 || d.Message == "" {
				t.Errorf("%q: %s", text, d)
			}
		}
		rule, wrong := ParseRule(fset, "--trace", text)
		for _, d := range wrong {
			if d.Pos.Line != 1 && !strings.Contains(text, "\n") || d.Pos.Column > len(text)+1 || d.Message == "" {
				t.Errorf("%q: %s", text, d)
			}
		}
		if len(wrong) == 0 {
			rules = append(rules, rule)
		}
		for _, r := range rules {
			if r.Package == "" || r.Func == "" || r.Directive.Verb != Trace {
				t.Errorf("%q: %+v", text, r)
			}
			r.matches("Type.Method")
		}
	})
}

// TestMentioned compares the cheap look at a file with what a rule matches: it
// must not pass over a function.
func TestMentioned(t *testing.T) {
	src := "package p\n\nfunc (s *Shop[T]) Make() {}\n"
	for glob, want := range map[string]bool{
		"*": true, "Shop.Make": true, "S*.?ake": true, "[A-S]hop.*": true, `Sho\p.Make`: true, "*Mak*": true, "????????e": true,
		"Stop.Make": false, "*Sell*": false,
	} {
		r := Rule{Func: glob}
		if got := r.Mentioned([]byte(src)); got != want || r.matches("Shop.Make") != want {
			t.Errorf("%s: mentioned %v, matches %v", glob, got, r.matches("Shop.Make"))
		}
	}
	if (Rule{Func: "*"}).Mentioned([]byte("package p\n")) {
		t.Error("a file without functions is mentioned")
	}
}

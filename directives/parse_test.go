package directives

import (
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	var none Directive
	for _, test := range []struct {
		text string
		want Directive
	}{
		{"//dd:trace", none},
		{"//dd:ignore", Directive{Verb: Ignore}},
		{"//dd:trace \t shop.make  ", Directive{Name: "shop.make"}},
		{`//dd:trace "GET /cart"`, Directive{Name: "GET /cart"}},
		{"//dd:trace `a\"b`", Directive{Name: `a"b`}},
		{"//dd:trace name=x", Directive{Name: "x"}},
		{"//dd:trace root entry measured", Directive{Root: true, Entry: true, Measured: true}},
		{`//dd:trace "root"`, Directive{Name: "root"}},
		{"//dd:trace service=a type=b kind=client error=off", Directive{Service: "a", Type: "b", Kind: "client", ErrorOff: true}},
		{`//dd:trace service="a\tb"`, Directive{Service: "a\tb"}},
		{"//dd:trace resource=a{b}", Directive{Resource: Value{Text: "a{b}"}}},
		{"//dd:trace resource=a=b", Directive{Resource: Value{Text: "a=b"}}},
		{"//dd:trace resource={ m[\"}\"] + `{` + string('{') }", Directive{Resource: Value{Text: "m[\"}\"] + `{` + string('{')", Expr: true}}},
		{"//dd:trace tag.a={T{1, 2}} tag.b.c=d", Directive{Tags: []Tag{
			{"a", Value{Text: "T{1, 2}", Expr: true}}, {"b.c", Value{Text: "d"}}}}},
		{"//dd:trace return.n={len(_0)}", Directive{Returns: []Tag{{"n", Value{Text: "len(_0)", Expr: true}}}}},
		{"//dd:trace ignore={io.EOF, f(1, 2),x.Err}", Directive{Ignored: []Value{
			{Text: "io.EOF", Expr: true}, {Text: "f(1, 2)", Expr: true}, {Text: "x.Err", Expr: true}}}},
	} {
		got, problems := Parse(test.text, token.NoPos)
		if test.want.Verb == "" {
			test.want.Verb = Trace
		}
		test.want.Form = "//dd:" + string(test.want.Verb)
		if len(problems) > 0 || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s:\ngot  %+v %v\nwant %+v", test.text, got, problems, test.want)
		}
	}
}

// Values know where they stand in the source.
func TestParsePositions(t *testing.T) {
	const base = 1000
	text := "//dd:trace n tag.a={ x } ignore={io.EOF,  y} return.b={_0}"
	d, problems := Parse(text, base)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, v := range append([]Value{d.Tags[0].Value, d.Returns[0].Value}, d.Ignored...) {
		if at := int(v.Pos) - base; at < 0 || !strings.HasPrefix(text[at:], v.Text) {
			t.Errorf("%q is said to stand at %d", v.Text, at)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"//dd:trace", "//dd:ignore x", "//dd:", "//dd:trace a b=c d={e} f=\"g\" h=`i` =", "//dd:trace ignore={a, b...}",
		"//dd:trace resource={x", "//dd:trace tag.=\"", "//dd:trace tag.a={']'}", "//dd:trace tag.a={)}", "//dd:trace {\"\\",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !strings.HasPrefix(text, prefix) || strings.ContainsAny(text, "\n\r") {
			text = "//dd:trace " + strings.NewReplacer("\n", " ", "\r", " ").Replace(text)
		}
		d, problems := Parse(text, 1)
		if len(problems) == 0 && d.Verb != Trace && d.Verb != Ignore {
			t.Errorf("%q: verb %q without a word", text, d.Verb)
		}
		for _, p := range problems {
			if p.Offset < 0 || p.Offset > len(text) || p.Message == "" {
				t.Errorf("%q: problem %+v", text, p)
			}
			if p.Fix != (Fix{}) && (p.Fix.Message == "" || p.Fix.Pos < 1 || p.Fix.Pos > p.Fix.End || int(p.Fix.End) > 1+len(text)) {
				t.Errorf("%q: fix %+v", text, p.Fix)
			}
		}
		for _, v := range append(expressions(d), d.Resource) {
			if _, err := parser.ParseExpr(v.Text); v.Expr && err != nil {
				t.Errorf("%q: {%s} went through: %v", text, v.Text, err)
			}
			if at := int(v.Pos) - 1; v.Expr && !strings.HasPrefix(text[at:], v.Text) {
				t.Errorf("%q: {%s} is said to stand at %d", text, v.Text, at)
			}
		}
		find(t, "package p\n\n"+text+"\nfunc f() {}\n")
	})
}

func expressions(d Directive) []Value {
	list := d.Ignored
	for _, tag := range append(d.Tags, d.Returns...) {
		list = append(list, tag.Value)
	}
	return list
}

// FuzzFind looks for directives in any file that parses.
func FuzzFind(f *testing.F) {
	for _, s := range []string{
		"package p\n//dd:trace\nfunc f() {}", "//dd:trace\npackage p", "package p;func f(){//dd:trace\n}//dd:trace",
		"package p\n//line x:1\n//dd:trace\n", "package p\r\n//dd:trace\r\nimport \"C\"\r\n", "package p\nvar _ = 1 +//dd:trace\n2",
		"\ufeffpackage p\ntype t interface{\n//dd:ignore\nm()\n}", "package p\n/*//dd:trace*/ //dd:trace\nfunc _()",
	} {
		f.Add(s)
	}
	f.Fuzz(find)
}

// find checks that every directive of a file is attached or complained of.
func find(t *testing.T, src string) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", src, parser.ParseComments)
	if err != nil {
		return
	}
	directives := 0
	for _, group := range file.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//dd:") && !strings.HasPrefix(c.Text, "//dd:ignore") {
				directives++
			}
		}
	}
	found, diagnostics := Find(fset, file)
	taken := len(found.Targets) + len(found.Points) + len(found.Types)
	if found.Package != nil {
		taken++
	}
	if taken+len(diagnostics) < directives {
		t.Errorf("%q: %d directives, but %+v and %v", src, directives, found, diagnostics)
	}
	for _, d := range Sort(diagnostics) {
		if d.Message == "" || d.Pos.Filename == "" {
			t.Errorf("%q: diagnostic %+v", src, d)
		}
		if fix := d.Fix; fix != (Fix{}) && (fix.Pos > fix.End || fix.Pos < file.FileStart || fix.End > file.FileEnd) {
			t.Errorf("%q: fix %+v", src, fix)
		}
	}
}

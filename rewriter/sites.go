package rewriter

import (
	"fmt"
	"go/format"
	"slices"
	"strings"

	"github.com/ddinstrument/ddinstrument/directives"
)

// Names of the generated files, one for a package's code, its tests and its
// external tests. They end as the go command wants files of that kind to end.
const (
	SitesFile         = "ddinstrument_sites.go"
	SitesTestFile     = "ddinstrument_sites_test.go"
	SitesExternalFile = "ddinstrument_sites_x_test.go"
)

// SiteFiles renders what a package declares once: the static data of its
// sites. The result maps file names to contents; there is none for a package
// with nothing in it.
func (p *Plan) SiteFiles() map[string][]byte {
	files := map[string][]byte{}
	plain := generated{sites: p.Sites, helpers: p.declared(0), net: p.pkg.Main && p.pkg.Net}
	if !plain.empty() {
		files[SitesFile] = p.render(plain)
	}
	tests := generated{sites: p.Tests, helpers: p.declared(1), net: p.pkg.Tests && p.pkg.Net, testMain: p.pkg.WriteTestMain}
	if !tests.empty() {
		name := SitesTestFile
		if strings.HasSuffix(p.pkg.Name, "_test") {
			name = SitesExternalFile
		}
		files[name] = p.render(tests)
	}
	return files
}

// generated is what a generated file holds.
type generated struct {
	sites    []Site
	helpers  []helper
	net      bool // the runtime may use package net
	testMain bool // it has the TestMain
}

func (g generated) empty() bool { return len(g.sites)+len(g.helpers) == 0 && !g.net && !g.testMain }

func (p *Plan) render(g generated) []byte {
	var b strings.Builder
	b.WriteString(directives.Header + "\n\n")
	fmt.Fprintf(&b, "package %s\n\nimport (\n", p.pkg.Name)
	if g.testMain {
		fmt.Fprintf(&b, "%s \"os\"\n%s \"testing\"\n\n", p.vars.os, p.vars.testing)
	}
	if slices.Contains(g.helpers, seqFunc) || slices.Contains(g.helpers, seq2Func) {
		fmt.Fprintf(&b, "%s \"iter\"\n", p.vars.iter)
	}
	if len(g.sites)+len(g.helpers) > 0 {
		fmt.Fprintf(&b, "%s %q\n", p.vars.tracer, Runtime)
	}
	if g.net {
		fmt.Fprintf(&b, "_ %q\n", WithNet)
	}
	b.WriteString(")\n\n")
	for _, s := range g.sites {
		fmt.Fprintf(&b, "var %s = %s.Site{%s}\n", s.Var, p.vars.tracer, p.siteFields(s))
	}
	for _, h := range g.helpers {
		b.WriteString("\n" + p.declare(h))
	}
	if g.testMain {
		fmt.Fprintf(&b, "\nfunc TestMain(m *%s.M) { %s.Exit(%s.Code(m.Run())) }\n", p.vars.testing, p.vars.os, p.vars.end)
	}
	src, err := format.Source([]byte(b.String()))
	if err != nil {
		panic(fmt.Sprintf("rewriter: generated code does not parse: %v\n%s", err, b.String()))
	}
	return src
}

// siteFields writes the fields of a tracer.Site literal. All of it is constant,
// so that the linker lays it out and no code runs for it.
func (p *Plan) siteFields(s Site) string {
	d := s.Directive
	fields := []string{fmt.Sprintf("Name: %q", s.Name)}
	text := func(field, value string) {
		if value != "" {
			fields = append(fields, fmt.Sprintf("%s: %q", field, value))
		}
	}
	text("Service", d.Service)
	if !d.Resource.Expr {
		text("Resource", d.Resource.Text)
	}
	text("Type", d.Type)
	var tags []string
	if d.Kind != "" {
		tags = append(tags, fmt.Sprintf("{Key: \"span.kind\", Value: %q}", d.Kind))
	}
	for _, tag := range d.Tags {
		if !tag.Value.Expr && !acts(tag) {
			tags = append(tags, fmt.Sprintf("{Key: %q, Value: %q}", tag.Key, tag.Value.Text))
		}
	}
	if len(tags) > 0 {
		fields = append(fields, fmt.Sprintf("Tags: []%s.SiteTag{%s}", p.vars.tracer, strings.Join(tags, ", ")))
	}
	if d.Root {
		fields = append(fields, "Root: true")
	}
	if d.Measured {
		fields = append(fields, "Measured: true")
	}
	return strings.Join(fields, ", ")
}

package rewriter

import (
	"fmt"
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
	f := generatedFile{head: directives.Header + "\n\npackage " + p.pkg.Name}
	use := func(name, path string) { f.imports = append(f.imports, fmt.Sprintf("%s %q", name, path)) }
	if g.testMain {
		use(p.vars.os, "os")
		use(p.vars.testing, "testing")
	}
	if slices.Contains(g.helpers, seqFunc) || slices.Contains(g.helpers, seq2Func) {
		use(p.vars.iter, "iter")
	}
	if len(g.sites)+len(g.helpers) > 0 {
		use(p.vars.tracer, Runtime)
	}
	if g.net {
		use("_", WithNet)
	}
	for _, s := range g.sites {
		f.declare(s.Var, fmt.Sprintf("var %s = %s.Site{%s}", s.Var, p.vars.tracer, p.siteFields(s)))
	}
	for _, h := range g.helpers {
		f.declare(p.helperName(h), p.declare(h))
	}
	if g.testMain {
		f.declare("TestMain", fmt.Sprintf("func TestMain(m *%s.M) { %s.Exit(%s.Code(m.Run())) }", p.vars.testing, p.vars.os, p.vars.end))
	}
	return f.bytes()
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
	if d.Entry {
		fields = append(fields, "Entry: true")
	}
	if p.pkg.Library && d.Service != "" {
		fields = append(fields, "Library: true")
	}
	if d.Measured {
		fields = append(fields, "Measured: true")
	}
	return strings.Join(fields, ", ")
}

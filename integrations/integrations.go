// Package integrations holds what ddinstrument knows of libraries: for each of
// them a folder with a file of rules, and code that is added to the library's
// packages. It knows nothing of how they get there.
package integrations

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

// An Integration is what is done to one library.
type Integration struct {
	Name     string    `yaml:"name"`  // what --libs=... calls it: the library's import path
	About    string    `yaml:"about"` // one line: what of it is traced
	Packages []Package `yaml:"packages"`
}

// A Package is what is done to one package of a library, in a range of
// versions.
type Package struct {
	Path     string   `yaml:"package"`  // import path
	Module   string   `yaml:"module"`   // "" for the standard library
	Versions string   `yaml:"versions"` // "v1.2.0 - v1.9", both included: of the module, or of Go
	Add      []string `yaml:"add"`      // files of glue, in the integration's folder
	Rules    []Rule   `yaml:"rules"`

	Integration *Integration      `yaml:"-"`
	Glue        map[string][]byte `yaml:"-"` // by name: what is added to the package
}

// A Rule is what is done to one function, or to one struct type.
type Rule struct {
	Func  string `yaml:"func"`  // Func or Type.Method
	First string `yaml:"first"` // statements at the function's beginning, before its span begins
	Do    string `yaml:"do"`    // what may follow //dd:trace; "" for no span
	Then  string `yaml:"then"`  // statements when the span has begun; ddspan is its variable

	Type  string `yaml:"type"`  // a struct type
	Field string `yaml:"field"` // that gets this field: name and type
}

// All returns every integration, by name. They are read once; what they hold
// must not be changed.
var All = sync.OnceValues(func() ([]*Integration, error) { return read(files) })

// read reads the integrations of a file system, a folder each.
func read(files fs.FS) ([]*Integration, error) {
	names, err := fs.Glob(files, "*/rules.yaml")
	if err != nil {
		return nil, err
	}
	var list []*Integration
	for _, name := range names {
		in, err := readOne(files, name)
		if err != nil {
			return nil, fmt.Errorf("integrations/%s: %w", name, err)
		}
		list = append(list, in)
	}
	slices.SortFunc(list, func(a, b *Integration) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func readOne(files fs.FS, name string) (*Integration, error) {
	src, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	in := new(Integration)
	if err := yaml.Load(src, in, yaml.WithKnownFields()); err != nil {
		return nil, err
	}
	if in.Name == "" || in.About == "" || len(in.Packages) == 0 {
		return nil, fmt.Errorf("name, about and packages are needed")
	}
	for i := range in.Packages {
		p := &in.Packages[i]
		p.Integration = in
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("package %s: %w", p.Path, err)
		}
		p.Glue = map[string][]byte{}
		for _, file := range p.Add {
			if p.Glue[file], err = fs.ReadFile(files, path.Join(path.Dir(name), file)); err != nil {
				return nil, err
			}
		}
	}
	return in, nil
}

func (p *Package) check() error {
	if p.Path == "" {
		return fmt.Errorf("a package needs its import path")
	}
	if _, err := parseRange(p.Versions); err != nil {
		return err
	}
	if len(p.Rules) == 0 {
		return fmt.Errorf("there are no rules")
	}
	for _, r := range p.Rules {
		function := r.Func != "" && r.Type == "" && r.Field == "" && r.First+r.Do+r.Then != ""
		field := r.Type != "" && r.Field != "" && r.Func+r.First+r.Do+r.Then == ""
		if !function && !field {
			return fmt.Errorf("a rule has func with first, do or then, or type with field: %+v", r)
		}
	}
	return nil
}

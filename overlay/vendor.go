package overlay

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// vendored returns the modules of a vendor folder when the build takes its
// packages from there. vendor/modules.txt is not read through the overlay, so
// that the runtime can't be added to it; instead the build takes the same
// files as modules, each replaced by its folder and given a go.mod. own are the
// modules of the workspace, which the list may name but whose files are not there.
func (s *moduleSetup) vendored(root string, byDefault bool, own map[string]*modfile.File) ([]replacement, error) {
	name := filepath.Join(root, "vendor", "modules.txt")
	mod, given := s.flag("mod")
	if given && mod != "vendor" || !given && !byDefault {
		return nil, nil
	}
	data, err := s.readInput(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil // without a list there is no vendoring; go says so when it was asked for
	}
	if err != nil {
		return nil, err
	}
	s.flags = append(s.flags, "-mod=readonly")
	s.drop = append(s.drop, "mod")
	found := parseVendored(root, string(data))
	for _, f := range own {
		if f.Module != nil {
			found = slices.DeleteFunc(found, func(r vendoredModule) bool { return r.path == f.Module.Mod.Path })
		}
	}
	var list []replacement
	for _, r := range found {
		text := "module " + modfile.AutoQuote(r.path) + "\n"
		if r.goVersion != "" {
			text += "\ngo " + r.goVersion + "\n"
		}
		s.files[filepath.Join(r.dir, "go.mod")] = []byte(text)
		list = append(list, r.replacement)
	}
	return list, nil
}

// A vendoredModule is a module of vendor/modules.txt.
type vendoredModule struct {
	replacement
	goVersion string // "" when the list gives none
}

func parseVendored(root, text string) []vendoredModule {
	var found []vendoredModule
	for line := range strings.Lines(text) {
		if explicit, ok := strings.CutPrefix(line, "## "); ok && len(found) > 0 {
			if _, v, ok := strings.Cut(explicit, "go "); ok {
				found[len(found)-1].goVersion = strings.TrimSpace(v)
			}
			continue
		}
		words := strings.Fields(line)
		if len(words) >= 3 && words[0] == "#" && module.CheckPath(words[1]) == nil && words[2] != "=>" {
			dir := filepath.Join(root, "vendor", filepath.FromSlash(words[1]))
			found = append(found, vendoredModule{replacement: replacement{words[1], words[2], dir}})
		}
	}
	return found
}

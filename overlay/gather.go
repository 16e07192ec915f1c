package overlay

import (
	"context"
	"slices"

	"github.com/ddinstrument/ddinstrument/internal/load"
	"github.com/ddinstrument/ddinstrument/rewriter"
)

// gather finds the packages that patterns name and all that they import of the
// user's, and the rules for them.
func (p *preparer) gather(ctx context.Context, patterns []string) ([]*unit, error) {
	if p.graph == nil {
		cfg, err := p.loadConfig()
		if err != nil {
			return nil, err
		}
		if err := p.std(ctx, &cfg); err != nil {
			return nil, err
		}
		if p.graph, err = load.Load(ctx, cfg, patterns); err != nil {
			return nil, err
		}
	}
	p.build.Mains, p.build.Missing, p.build.Incomplete = p.graph.Mains, p.graph.Missing, p.graph.Errors
	if !p.place { // what is put into the sources is not kept for the next time
		p.note()
	}
	p.setAside(p.graph)
	p.readAll(p.graph)
	list, err := units(p.graph, p.read)
	if err != nil {
		return nil, err
	}
	p.applyRules(list)
	return list, nil
}

// setUp reads all that decides how packages are found.
func (p *preparer) setUp(ctx context.Context) error {
	var err error
	if p.goenv, err = readGoEnv(ctx, p.dir, p.env); err != nil {
		return err
	}
	p.in.file(p.goenv.GOENV)
	if err := p.userOverlay(); err != nil {
		return err
	}
	if err := p.modules(); err != nil {
		return err
	}
	if err := p.readRules(); err != nil {
		return err
	}
	return p.chooseLibs()
}

// loadConfig is how the packages are listed: as the build will see them, with
// the runtime in reach, before anything is inserted.
func (p *preparer) loadConfig() (load.Config, error) {
	files, err := p.put(p.mods.files)
	if err != nil {
		return load.Config{}, err
	}
	path, err := p.writeOverlay(files)
	if err != nil {
		return load.Config{}, err
	}
	flags := append([]string{"-overlay=" + path}, p.mods.flags...)
	return load.Config{
		Dir: p.dir, Env: append(slices.Clone(p.env), "GOPACKAGESDRIVER=off"), Tests: p.cmd.tests(),
		Flags:    append(flags, without(p.cmd.listFlags(), p.mods.drop...)...),
		Inserted: rewriter.OfRuntime, Lib: p.isLib,
	}, nil
}

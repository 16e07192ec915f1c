package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/ddinstrument/ddinstrument/test/bench/internal/measure"
)

// variant is a way in which the program of the folder libs is built and run.
type variant struct {
	name  string
	build []string // after the command and its verb
	ours  bool     // built by ddinstrument
	env   []string // when it runs
}

// How they are called.
const (
	namePlain = "plain"
	nameIdle  = "ddinstrument, off"
)

func variants() []variant {
	traced := []string{"--libs=net/http,database/sql", "-tags", "ddinstrument"}
	return []variant{
		{name: namePlain},
		{name: nameOurs, ours: true, build: traced},
		{name: nameDD, build: []string{"-tags", "ddtrace"}},
		{name: nameIdle, ours: true, build: traced, env: []string{"DD_TRACE_ENABLED=false"}},
	}
}

// running is a variant that waits to be asked.
type running struct {
	variant
	agent *agent
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	said  strings.Builder
	parts int // of traces that it has made, with those of what nobody measures
}

// buildVariant builds a variant into a folder.
func buildVariant(v variant, dir string) (string, error) {
	path := filepath.Join(dir, strings.ReplaceAll(v.name, " ", "-"))
	command := []string{"go", "build"}
	if v.ours {
		tool := filepath.Join(dir, "ddinstrument")
		build := exec.Command("go", "build", "-o", tool, "./cmd/ddinstrument")
		build.Dir = filepath.Join("..", "..")
		if out, err := build.CombinedOutput(); err != nil {
			return "", fmt.Errorf("building ddinstrument: %w\n%s", err, out)
		}
		command[0] = tool
	}
	command = append(append(command, v.build...), "-o", path, "./libs")
	out, err := exec.Command(command[0], command[1:]...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", v.name, err, out)
	}
	if v.ours && len(out) > 0 { // a library that is not traced costs nothing
		return "", fmt.Errorf("building %s: %s", v.name, out)
	}
	return path, nil
}

// startVariant builds and starts a variant beside an agent of its own.
func startVariant(v variant, dir string, flags ...string) (*running, error) {
	path, err := buildVariant(v, dir)
	if err != nil {
		return nil, err
	}
	a, err := startAgent()
	if err != nil {
		return nil, err
	}
	p := &running{variant: v, agent: a, cmd: exec.Command(path, append([]string{"-each", each.String()}, flags...)...)}
	p.cmd.Env = append(append(surroundings(), "DD_TRACE_AGENT_URL="+a.url, "DD_SERVICE="+service), v.env...)
	p.cmd.Stderr = &p.said
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	return p, p.cmd.Start()
}

// measure has the program measure a case.
func (p *running) measure(i int) (measure.Cost, error) {
	var a struct {
		Parts int
		measure.Cost
	}
	if _, err := fmt.Fprintln(p.in, i); err != nil {
		return a.Cost, fmt.Errorf("%s: %w\n%s", p.name, err, p.said.String())
	}
	for {
		line, err := p.out.ReadBytes('\n')
		if err != nil {
			return a.Cost, fmt.Errorf("%s: %w\n%s", p.name, err, p.said.String())
		}
		if json.Unmarshal(line, &a) == nil { // a tracer may print lines of its own
			p.parts = a.Parts
			return a.Cost, nil
		}
	}
}

func (p *running) stop() {
	p.in.Close()
	p.cmd.Wait()
	p.agent.stop()
}

package rewriter

import (
	"slices"
	"strings"
)

// KeepSites adds to a generated file what an older one declares and other files
// name: those that the plan is not about, as build constraints leave them out,
// and that were rewritten where they do not; and those in which a person has
// made inserted code his own. With testMain its TestMain stays, too: nothing
// names that. Either file may be nil, and so may be what comes of them.
func KeepSites(now, old []byte, others [][]byte, testMain bool) []byte {
	if old == nil {
		return now
	}
	used := wordsOf(others)
	a, b := readGenerated(now), readGenerated(old)
	kept := len(a.decls)
	for _, d := range slices.Backward(b.decls) { // those that name others come last
		if (used.used[d.name] || testMain && d.kind() == testMainDecl) && !a.declares(d.name) {
			a.decls = append(a.decls, d)
			used.words([]byte(d.text))
		}
	}
	if kept == len(a.decls) {
		return now
	}
	if a.head == "" {
		a.head = b.head
	}
	for _, spec := range b.imports {
		if !slices.Contains(a.imports, spec) && a.uses(spec) {
			a.imports = append(a.imports, spec)
		}
	}
	return a.bytes()
}

// SitesNamed lists the variables for sites that a generated file declares and
// other files name.
func SitesNamed(generated []byte, others [][]byte) []string {
	used := wordsOf(others)
	var list []string
	for _, d := range readGenerated(generated).decls {
		if d.kind() == siteDecl && used.used[d.name] {
			list = append(list, d.name)
		}
	}
	return list
}

// EndsIn lists the variables for what flushes at the program's end that a
// generated file declares.
func EndsIn(generated []byte) []string {
	var list []string
	for _, d := range readGenerated(generated).decls {
		if strings.HasSuffix(d.text, ".ProgramEnd") {
			list = append(list, d.name)
		}
	}
	return list
}

func wordsOf(files [][]byte) *names {
	n := &names{used: map[string]bool{}}
	for _, src := range files {
		n.words(src)
	}
	return n
}

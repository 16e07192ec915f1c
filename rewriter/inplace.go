package rewriter

import "bytes"

// InPlace renders a file's plan into the source, as a person would have written
// it. Strip gives the file back to the byte: a file for which that can't be
// had, one that is not as gofmt would have it, or that names the lines of
// another file, gets it all on the user's own lines, between comments. The file
// should have been planned without its layout, as Plain gives it.
func (p *Plan) InPlace(fp FilePlan) []byte {
	if len(p.positions(fp.File).lines) == 0 {
		if out, ok := p.plainLines(fp); ok {
			return out
		}
	}
	if len(p.positions(fp.File).lines) == 0 && formatted(fp.File.Src) {
		if out, err := p.tree(fp); err == nil && formatted(out) && p.undone(fp, out) {
			return out
		}
	}
	return p.inline(fp)
}

// undone reports whether Strip gives a file back.
func (p *Plan) undone(fp FilePlan, out []byte) bool {
	back, err := Strip(Rewritten{Path: fp.File.Path, Src: out, Ends: []string{p.vars.end}})
	return err == nil && len(back.Edited) == 0 && bytes.Equal(back.Src, fp.File.Src)
}

// inline renders a plan on the user's own lines.
func (p *Plan) inline(fp FilePlan) []byte {
	var b bytes.Buffer
	src := fp.File.Src
	at := 0
	for _, ins := range fp.Insertions {
		b.Write(src[at:ins.Offset])
		at = ins.Offset + ins.Delete
		if ins.Kind == Wrap { // it is known by its name
			b.WriteString(ins.Text)
			continue
		}
		b.WriteString(markOf(ins.Text, string(src[ins.Offset:at])).inline(ins.Text))
	}
	b.Write(src[at:])
	return b.Bytes()
}

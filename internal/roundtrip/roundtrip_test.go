package main

import (
	"bytes"
	"context"
	"testing"
)

// TestRoundtrip takes the packages that rewrite is made of, in every form.
func TestRoundtrip(t *testing.T) {
	for name, r := range map[string]run{
		"plain":      {},
		"statements": {statements: true},
		"crlf":       {change: change{returns: true}},
		"bom":        {change: change{mark: true}},
		"untidy":     {change: change{untidy: true}, statements: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			r.out = &out
			if err := r.all(context.Background(), "../..", []string{"./rewriter", "./directives"}); err != nil {
				t.Fatal(err)
			}
			if r.failed > 0 || r.files < 30 || r.functions < 200 || (r.inline > r.files/2) != r.change.untidy {
				t.Errorf("%s", out.Bytes())
			}
		})
	}
}

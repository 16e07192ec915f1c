//go:build go1.21

package tracer

import (
	"context"
	"errors"
	"testing"
)

var siteA = Site{Name: "a", Resource: "res", Type: "web", Tags: []SiteTag{{"span.kind", "server"}}}
var siteB = Site{Name: "b"}

func TestGeneratedForm(t *testing.T) {
	r := record(t)
	f := func(ctx context.Context) (err error) {
		ctx, ddspan := siteA.Enter(ctx)
		defer ddspan.Exit(&err)
		func() {
			c := siteB.EnterGoroutine()
			defer c.Exit(nil)
			equal(t, "current", CurrentSpan(ctx).id, (*Span)(c).id)
		}()
		return errors.New("boo")
	}
	f(context.Background())
	chunk := r.one(t)
	equal(t, "spans", names(chunk), "a a>b")
	t.Logf("%+v", chunk)
	if CurrentSpan(nil) != nil {
		t.Error("a span is still active")
	}
}

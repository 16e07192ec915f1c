//go:build go1.21

package tracer

import (
	"context"
	"testing"
)

// TestBaseService: spans of a service of their own say which program they are of; those of the program's own, however it is
// written, have its version.
func TestBaseService(t *testing.T) {
	r := record(t, "DD_VERSION=7")
	ctx, root := Trace(context.Background(), "root", Service("CONF"))
	_, s := Trace(ctx, "other", Service("db"))
	s.Finish()
	_, s = Trace(ctx, "own", Service("db"), Tag("_dd.base_service", "x"))
	s.Finish()
	root.Finish()
	want := [][2]string{{"", "7"}, {"conf", ""}, {"x", ""}}
	for i, s := range r.one(t) {
		equal(t, s.Name, [2]string{s.Meta["_dd.base_service"], s.Meta["version"]}, want[i])
	}
}

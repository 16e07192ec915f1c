package stores

import (
	"testing"

	"github.com/ddinstrument/ddinstrument/internal/libtest"
)

// What is sent for several requests together belongs to none of them, above all not to the first one.
func TestRedisAutoPipeline(t *testing.T) {
	r := libtest.Run(t, libtest.Program{Package: "./appauto", Args: []string{libtest.Redis(t)}})
	const out = "20\nmap[WRONGTYPE Operation against a key holding the wrong kind of value:50 redis: nil:50]\n"
	if r.Stdout != out {
		t.Fatalf("it printed\n%s%s\nwant\n%s", r.Stdout, r.Stderr, out)
	}
	n := 0
	for _, trace := range r.Traces {
		for _, s := range trace.Spans {
			if s.Name == "redis.command" {
				if s.ParentID != 0 {
					t.Errorf("a command is part of a request: %s", libtest.Tree(trace.Spans, "redis.raw_command"))
				}
				n++
			}
		}
	}
	if n < 2 {
		t.Errorf("there are %d commands", n)
	}
}

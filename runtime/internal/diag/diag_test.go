//go:build go1.21

package diag

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestOnce(t *testing.T) {
	var out bytes.Buffer
	defer Redirect(&out)()
	Once("a", "first\n%d", 1)
	Once("a", "second")
	Every(time.Nanosecond, "b", "third")
	time.Sleep(time.Millisecond)
	Every(time.Nanosecond, "b", "fourth")
	Every(time.Hour, "b", "fifth")
	want := "ddinstrument: first 1\nddinstrument: third\nddinstrument: fourth\n"
	if out.String() != want {
		t.Errorf("%q", out.String())
	}
	for i := 0; i < 2*maxCauses; i++ {
		Once(fmt.Sprint(i), "x")
	}
	if n := strings.Count(out.String(), "\n"); n != maxCauses+1 {
		t.Errorf("%d lines", n)
	}
}

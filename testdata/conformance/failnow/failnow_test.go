// Package failnow has tests that end in traced functions.
package failnow

import (
	"errors"
	"testing"
)

func TestFail(t *testing.T) { fails(t) }

func TestSkip(t *testing.T) { skips(t) }

func TestRun(t *testing.T) { t.Run("below", below) }

//dd:trace
func fails(t *testing.T) (err error) {
	defer t.Log("deferred")
	err = errors.New("stale")
	t.FailNow()
	return err
}

//dd:trace
func skips(t testing.TB) (string, error) {
	t.SkipNow()
	return "", errors.New("never")
}

//dd:trace
func below(t *testing.T) { fails(t) }

// Package failnow has tests that end in traced functions.
package failnow

import (
	"errors"
	"os"
	"testing"
)

var ready bool

func TestMain(m *testing.M) {
	//dd:trace setup
	{
		ready = true
	}
	os.Exit(m.Run())
}

func TestFail(t *testing.T) { fails(t) }

func TestSkip(t *testing.T) { skips(t) }

func TestBlock(t *testing.T) {
	//dd:trace in.test
	{
		t.Run("fails", func(t *testing.T) {
			//dd:trace in.subtest
			if err := errors.New("stale"); ready {
				t.FailNow()
				t.Error(err)
			}
		})
	}
	//dd:trace at.end
	t.SkipNow()
}

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

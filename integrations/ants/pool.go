//go:build ignore

package ants

import ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"

func ddCarry(task func()) func() { return ddtracer.Carry(task) }

func ddDetach() ddtracer.Visit { return ddtracer.Detach() }

// ddArg is an argument, and what was active when it was given.
type ddArg struct {
	arg  interface{}
	held ddtracer.Held
}

// ddWrap returns what goes to the worker in place of arg. nil has a meaning of its own: it ends the worker.
func ddWrap(arg interface{}) interface{} {
	if held := ddtracer.Hold(); arg != nil && held != (ddtracer.Held{}) {
		return ddArg{arg, held}
	}
	return arg
}

// ddUnwrap returns what the worker calls in place of f, which sees its own argument.
func ddUnwrap(f func(interface{})) func(interface{}) {
	if f == nil {
		return nil
	}
	return func(arg interface{}) {
		a, ok := arg.(ddArg)
		if !ok {
			f(arg)
			return
		}
		defer a.held.Enter().Leave()
		f(a.arg)
	}
}

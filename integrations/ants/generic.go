//go:build ignore

package ants

import ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"

// ddWork is what a worker of a generic pool knows of its work. A worker belongs to who has retrieved it, until its
// argument comes.
type ddWork struct {
	held  ddtracer.Held
	bound bool
}

func (w *goWorkerWithFuncGeneric[T]) ddHold(held ddtracer.Held) { w.ddwork.held = held }

// ddGive gives a worker that has been retrieved what is active.
func ddGive(w *worker) {
	if g, ok := (*w).(interface{ ddHold(ddtracer.Held) }); ok {
		g.ddHold(ddtracer.Hold())
	}
}

// ddBind gives a worker a pool of its own to look at, which is its pool but for the function.
func ddBind[T any](w *goWorkerWithFuncGeneric[T]) {
	if w.ddwork.bound {
		return
	}
	w.ddwork.bound = true
	f := w.pool.fn
	w.pool = &PoolWithFuncGeneric[T]{poolCommon: w.pool.poolCommon, fn: func(arg T) {
		held := w.ddwork.held
		w.ddwork.held = ddtracer.Held{}
		defer held.Enter().Leave()
		f(arg)
	}}
}

//go:build !nogeneric && !nomulti

package main

import "github.com/panjf2000/ants/v2"

func more() map[string]func(func()) error {
	g, _ := ants.NewPoolWithFuncGeneric(1, func(f func()) { f() })
	m, _ := ants.NewMultiPoolWithFuncGeneric(2, 1, func(f func()) { f() }, ants.RoundRobin)
	multi, _ := ants.NewMultiPool(2, 1, ants.RoundRobin)
	mf, _ := ants.NewMultiPoolWithFunc(2, 1, func(f any) { f.(func())() }, ants.RoundRobin)
	return map[string]func(func()) error{
		"multi":         multi.Submit,
		"generic":       g.Invoke,
		"multi generic": m.Invoke,
		"multi func":    func(f func()) error { return mf.Invoke(f) },
	}
}

//go:build nogeneric && !nomulti

package main

import "github.com/panjf2000/ants/v2"

func more() map[string]func(func()) error {
	multi, _ := ants.NewMultiPool(2, 1, ants.RoundRobin)
	mf, _ := ants.NewMultiPoolWithFunc(2, 1, func(f interface{}) { f.(func())() }, ants.RoundRobin)
	return map[string]func(func()) error{
		"multi":      multi.Submit,
		"multi func": func(f func()) error { return mf.Invoke(f) },
	}
}

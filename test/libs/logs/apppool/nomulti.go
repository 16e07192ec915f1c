//go:build nomulti

package main

func more() map[string]func(func()) error { return nil }

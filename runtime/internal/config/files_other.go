//go:build go1.21 && !unix

package config

func socketExists(string) bool { return false }

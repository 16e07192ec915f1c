//go:build noslog

package main

func bySlog() {}

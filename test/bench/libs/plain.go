//go:build !ddtrace

package main

import (
	"database/sql"
	"net/http"
)

// The program without tracing, which is also what ddinstrument traces.

func newMux() handling { return http.NewServeMux() }

func newClient() *http.Client { return &http.Client{Transport: &http.Transport{}} }

func openDB(source string) (*sql.DB, error) {
	sql.Register("postgres", bakery{})
	return sql.Open("postgres", source)
}

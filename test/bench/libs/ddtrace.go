//go:build ddtrace

package main

import (
	"database/sql"
	"log"
	"net/http"

	httptrace "github.com/DataDog/dd-trace-go/contrib/net/http/v2"
	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer"
)

// Requests are traced by dd-trace-go's integration of net/http.

func start() {
	if err := tracer.Start(); err != nil {
		log.Fatal(err)
	}
}

func flush() { tracer.Flush() }

func newMux() handling { return httptrace.NewServeMux() }

func newClient() *http.Client {
	return httptrace.WrapClient(&http.Client{Transport: &http.Transport{}})
}

func openDB(source string) (*sql.DB, error) {
	sql.Register("postgres", byHand{})
	return sql.Open("postgres", source)
}

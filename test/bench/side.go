package main

import (
	"context"
	"errors"
)

// side is one of the tracers that are compared. Each does the same work in the way that its users write it: a span is
// begun at the top of a function and ended by a deferred call, which is told of the error.
type side struct {
	name  string
	start func(agent string) error
	flush func()
	work  work
}

// work are the functions that are measured. depth is how many further spans are begun inside.
type work struct {
	nested func(ctx context.Context, depth int) error // spans within spans; with depth 0 a root alone
	tagged func(ctx context.Context, depth int) error // the same with three tags each
	family func(ctx context.Context, n int) error     // a root with n children
	failed func(ctx context.Context) error            // a root that ends with an error
}

// How the sides are called.
const (
	nameOurs  = "ddinstrument"
	nameDD    = "dd-trace-go"
	nameOtel  = "otel, null exporter"
	nameOTLP  = "otel, OTLP/HTTP"
	nameFloor = "floor"
)

// sides are all that spans are begun with.
func sides() []side {
	return []side{ourSide(), ddSide(), otelSide(), otlpSide()}
}

func sideNamed(name string) (side, error) {
	for _, s := range sides() {
		if s.name == name {
			return s, nil
		}
	}
	return side{}, errors.New("no side " + name)
}

// What spans are about.
const (
	service  = "bench"
	rootName = "http.request"
	rootText = "GET /order/{id}"
	rootType = "web"
	stepName = "step"
	stepText = "prepare"
)

var errWork = errors.New("no bread left")

// deep calls f below ten frames of the program's, as many as a stack has at least.
//
//go:noinline
func deep(n int, f func() error) error {
	if n == 0 {
		return f()
	}
	err := deep(n-1, f)
	return err
}

const frames = 10

package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestOrders(t *testing.T) {
	tests := []struct {
		method, path string
		status       int
		answer       string
	}{
		{"POST", "/sandwich/blt", http.StatusOK, "sliced bacon, sliced lettuce, sliced tomato on toasted rye\n"},
		{"POST", "/sandwich/tuna", http.StatusServiceUnavailable, "no tuna sandwich: out of tuna\n"},
		{"POST", "/sandwich/pizza", http.StatusNotFound, "no pizza sandwich: not on the menu\n"},
		{"GET", "/menu", http.StatusOK, "blt: bacon, lettuce, tomato\ntuna: tuna, onions\n"},
		{"GET", "/sandwich/blt", http.StatusMethodNotAllowed, "Method Not Allowed\n"},
	}
	var s shop
	defer s.receipts.Wait()
	for _, test := range tests {
		t.Run(test.method+test.path, func(t *testing.T) {
			w := httptest.NewRecorder()
			s.routes().ServeHTTP(w, httptest.NewRequest(test.method, test.path, nil))
			if w.Code != test.status || w.Body.String() != test.answer {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestDemo(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-demo"}, &out); err != nil {
		t.Fatal(err)
	}
	const want = `200 OK  sliced bacon, sliced lettuce, sliced tomato on toasted rye
503 Service Unavailable  no tuna sandwich: out of tuna
200 OK  sliced bacon, sliced lettuce, sliced tomato on toasted rye
404 Not Found  no pizza sandwich: not on the menu
`
	if out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
}

// TestInterrupt: the service ends by itself when its context does.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var out bytes.Buffer
	if err := run(ctx, []string{"-addr", "127.0.0.1:0"}, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "making sandwiches at 127.0.0.1:") {
		t.Errorf("got %s", out.String())
	}
}

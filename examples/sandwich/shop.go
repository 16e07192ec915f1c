package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

var menu = map[string][]string{
	"blt":  {"bacon", "lettuce", "tomato"},
	"tuna": {"tuna", "onions"},
}

var errNotOnMenu = errors.New("not on the menu")

type soldOutError struct{ ingredient string }

func (e *soldOutError) Error() string { return "out of " + e.ingredient }

// shop makes sandwiches. Its zero value is open.
type shop struct {
	receipts sync.WaitGroup // in the printer
}

func (s *shop) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /menu", handler(s.menuRequest))
	mux.Handle("POST /sandwich/{kind}", handler(s.makeSandwichRequest))
	return mux
}

// Each call of this method is a span, and as nothing traced calls it, the first
// span of a trace. What stands in braces is Go, evaluated when the call begins.
// The error that it returns marks the span, unless it is the customer's mistake.
//
//dd:trace sandwich.request service=sandwich-shop type=web resource={r.Pattern} tag.order={r.PathValue("kind")} ignore={errNotOnMenu}
func (s *shop) makeSandwichRequest(w http.ResponseWriter, r *http.Request) error {
	kind := r.PathValue("kind")
	ingredients, err := getIngredients(r.Context(), kind)
	if err != nil {
		return fmt.Errorf("no %s sandwich: %w", kind, err)
	}
	_, err = fmt.Fprintln(w, assembleSandwich(ingredients))

	// The receipt comes after the answer. Its span is in this trace all the
	// same, for a goroutine inherits the span in which it was started.
	price := 2.5 + float64(len(ingredients))
	s.receipts.Go(func() { printReceipt(price) })
	return err
}

// Without a name, the span is called after the function: main.getIngredients.
// A tag that begins with return. is read from the results when they are known.
//
//dd:trace return.num_ingredients={len(ingredients)} ignore={errNotOnMenu}
func getIngredients(ctx context.Context, kind string) (ingredients []string, err error) {
	ingredients, ok := menu[kind]
	if !ok {
		return nil, errNotOnMenu
	}
	select {
	case <-time.After(2 * time.Millisecond): // the fridge is far away
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if slices.Contains(ingredients, "tuna") {
		return nil, &soldOutError{"tuna"}
	}
	return ingredients, nil
}

// No context is needed: the span's parent is the span of the goroutine, and the
// toast, made in another one meanwhile, becomes a child as the slices do.
//
//dd:trace
func assembleSandwich(ingredients []string) string {
	bread := make(chan string, 1)
	go func() { bread <- toast("rye") }()
	var filling []string
	for _, ingredient := range ingredients {
		filling = append(filling, slice(ingredient))
	}
	return strings.Join(filling, ", ") + " on " + <-bread
}

//dd:trace tag.ingredient={ingredient}
func slice(ingredient string) string {
	time.Sleep(time.Millisecond)
	return "sliced " + ingredient
}

//dd:trace tag.bread={bread}
func toast(bread string) string {
	time.Sleep(6 * time.Millisecond)
	return "toasted " + bread
}

//dd:trace receipt.print type=worker tag.price={price}
func printReceipt(price float64) {
	time.Sleep(4 * time.Millisecond) // an old printer
}

//dd:trace menu.request service=sandwich-shop type=web resource={r.Pattern}
func (s *shop) menuRequest(w http.ResponseWriter, r *http.Request) error {
	_, err := io.WriteString(w, "blt: bacon, lettuce, tomato\ntuna: tuna, onions\n")
	return err
}

// handler is an HTTP handler that may fail; the error becomes the answer.
type handler func(w http.ResponseWriter, r *http.Request) error

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := h(w, r)
	var missing *soldOutError
	switch {
	case err == nil:
	case errors.Is(err, errNotOnMenu):
		http.Error(w, err.Error(), http.StatusNotFound)
	case errors.As(err, &missing):
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	default:
		http.Error(w, "the kitchen is closed", http.StatusInternalServerError)
	}
}

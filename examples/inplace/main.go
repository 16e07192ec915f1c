// Inplace has its spans in its sources: "go generate" puts them there, from the
// directives, and plain go builds them. Start it with
//
//	go run .
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

//go:generate go tool ddinstrument rewrite -w .

// errEmpty is what an order without a kind gives.
var errEmpty = errors.New("nothing was ordered")

// bake makes a pizza.
//
//dd:trace pizza.bake resource={kind}
func bake(ctx context.Context, kind string, toppings ...string) (_ string, dderr error) {
	ctx, ddspan := ddBake.Enter(ctx)                    //dd:gen 1b71 was (ctx context.Context, kind string, toppings ...string) (string, error)
	ddspan.Resource(func() interface{} { return kind }) //dd:gen a74c
	defer ddspan.Exit(&dderr)                           //dd:gen f132
	var ddblock1 *ddblock                               //dd:gen 4544
	if kind == "" {
		return "", errEmpty
	}
	//dd:trace pizza.top tag.toppings={len(toppings)}
	{ //dd:wrap
		if ddblock1.First() {
			ddblock1 = ddBakeBlock1.NewBlock()
			defer ddblock1.Unwind()
		} //dd:gen 9a8a
		ctx := ddblock1.Enter(ctx)                                            //dd:gen 91d3
		ddblock1.Tag("toppings", func() interface{} { return len(toppings) }) //dd:gen 4f39
		for _, topping := range toppings {
			kind += " with " + slice(ctx, topping)
		}
		ddblock1.Exit() //dd:gen 30ba
	} //dd:wrap
	return kind, nil
}

//dd:trace
func slice(ddctx context.Context, topping string) string {
	ddspan := ddSlice.EnterFrom(ddctx) //dd:gen 167e was (_ context.Context, topping string) string { return "sliced " + topping }
	defer ddspan.ExitNone()            //dd:gen 27b6
	return "sliced " + topping
}

func main() {
	defer ddexit.Main() //dd:gen 6761
	ctx := context.Background()
	pizza, err := bake(ctx, "margherita", "basil", "mozzarella")
	fmt.Println(pizza, err)
	if _, err := bake(ctx, ""); err == nil {
		os.Exit(ddexit.Code(1))
	}
}

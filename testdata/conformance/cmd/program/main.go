// The program of TestConformance.
package main

import (
	"fmt"
	"os"

	"example.com/conf"
)

// forms holds the rows in each form; the test adds others.
var forms = map[string]map[string]func(){"function": conf.Rows}

func main() {
	form := "function"
	if len(os.Args) > 2 {
		form = os.Args[2]
	}
	row := forms[form][os.Args[1]]
	if row == nil {
		fmt.Fprintln(os.Stderr, "there is no row", os.Args[1])
		os.Exit(9)
	}
	row()
}

// The program of TestConformance.
package main

import (
	"fmt"
	"os"

	"example.com/conf"
)

func main() {
	row := conf.Rows[os.Args[1]]
	if row == nil {
		fmt.Fprintln(os.Stderr, "there is no row", os.Args[1])
		os.Exit(9)
	}
	row()
}

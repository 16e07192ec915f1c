// The ddinstrument command: Datadog tracing for Go programs from comments.
package main

import "os"

func main() {
	serveVet(os.Args[1:])
	run(os.Args[1:], stream{os.Stdin, os.Stdout, os.Stderr}, os.Environ()).Die()
}

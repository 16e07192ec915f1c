// Command applog logs by package log in all its ways.
package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
)

func main() {
	log.SetOutput(os.Stdout)
	log.SetFlags(log.Lshortfile)
	log.Print("outside")
	all()
	log.Print("outside again")
}

// counts is a writer that looks who has called the logger.
type counts struct{}

func (counts) Write(p []byte) (int, error) {
	_, _, line, _ := runtime.Caller(3)
	return fmt.Printf("from %d: %s", line, p)
}

//dd:trace everything
func all() {
	log.Print("print", 1, 2)
	log.Printf("printf %d", 1)
	log.Println("println")
	log.Print("two\nlines\n")
	log.Print("")
	log.Print("has dd.trace_id=1")
	helper()
	l := log.New(os.Stdout, "prefix ", log.Lmsgprefix|log.Lshortfile)
	l.Print("message prefix")
	l.SetFlags(0)
	l.Print("prefix")
	l.SetPrefix("")
	l.Print(`{"a":1}`)
	l.Print(`{}`)
	l.Print("{no json")
	log.New(counts{}, "", log.Llongfile&log.Lshortfile).Print("counted")
	log.New(io.Discard, "", 0).Print("discarded")
	var buf bytes.Buffer
	b := log.New(&buf, "", 0)
	b.Print("buffered")
	fmt.Print(buf.String())
	defer func() { fmt.Printf("%q\n", recover()) }()
	l.Panic("panics")
}

func helper() {
	log.Output(2, "depth")
}

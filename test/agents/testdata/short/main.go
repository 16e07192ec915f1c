// Program short lives for 50 ms. Its arguments are how many spans it has, and how it ends; with a third one, it has as
// many before, and knows the agent when it ends.
package main

import (
	"log"
	"os"
	"strconv"
	"time"
)

func main() {
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if len(os.Args) > 3 {
		whole(n, "return")
		time.Sleep(1500 * time.Millisecond)
	}
	whole(n, os.Args[2])
}

//dd:trace whole
func whole(n int, end string) {
	for range n - 1 {
		step()
	}
	time.Sleep(50 * time.Millisecond)
	switch end {
	case "exit":
		os.Exit(3)
	case "fatal":
		log.Fatal("the end")
	case "panic":
		panic("the end")
	}
}

//dd:trace step service=other
func step() {}

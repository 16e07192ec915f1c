// Command get-x.y is in a folder whose name the agent would change.
package main

//dd:trace
func main() { func() {}() }

//dd:trace
func Élan() {}

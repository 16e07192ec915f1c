package main

import (
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// listens is the script command "listens URL": it waits until somebody does.
func listens(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: listens URL")
	}
	network, address := "tcp", strings.TrimPrefix(args[0], "http://")
	if path, ok := strings.CutPrefix(args[0], "unix://"); ok {
		network, address = "unix", path
	}
	for range 1000 {
		if conn, err := net.Dial(network, address); err == nil {
			conn.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("nobody listens at %s", args[0])
}

// free is the script command "free NAME...": it sets variables to addresses of
// this machine at which nobody listens.
func free(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		defer ln.Close()
		ts.Setenv(name, ln.Addr().String())
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "100": 100, "1b": 1, "64k": 64 << 10, "64 KiB": 64 << 10, "128MiB": 128 << 20, "1.5g": 3 << 29,
		"2GB": 2_000_000_000, "10mb": 10_000_000,
		"": 0, "MiB": 0, "0": 0, "-1k": 0, "1tb": 0, "nan": 0, "inf": 0, "1e300": 0, "0x10": 0,
	} {
		if got, err := parseSize(text); got != want || (err == nil) != (want != 0) {
			t.Errorf("parseSize(%q) is %d, %v; want %d", text, got, err, want)
		}
	}
}

// varies is what differs from run to run: numbers, units, and how many spaces
// stand before them.
var varies = regexp.MustCompile(`\s*\d[\d.,:]*(ns|µs|ms|s)?(\s|$)`)

// alike is the script command "alike FILE WANT": the lines of WANT are among
// those of FILE, whatever their numbers.
func alike(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: alike FILE WANT")
	}
	shape := func(line string) string {
		return strings.Join(strings.Fields(varies.ReplaceAllString(line, " 0 ")), " ")
	}
	var got []string
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		got = append(got, shape(line))
	}
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		if !slices.Contains(got, shape(line)) {
			ts.Fatalf("no line is like %s\n%s", line, strings.Join(got, "\n"))
		}
	}
}

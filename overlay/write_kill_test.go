//go:build unix

package overlay

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var writeIn = flag.String("write-in", "", "write files in this folder, again and again, until killed")

// killed is how many files are written at a time, large enough for a write to
// take a moment.
const killed = 5

// version is one content of a file of TestWriteKilled.
func version(name string, n int) []byte {
	return bytes.Repeat(fmt.Appendf(nil, "%s %d\n", name, n), 20000)
}

// names are the files of TestWriteKilled: a generated one comes and goes.
func names() []string {
	list := []string{"ddinstrument_sites.go"}
	for i := range killed {
		list = append(list, fmt.Sprintf("f%d.go", i))
	}
	return list
}

// TestWriteForever is what TestWriteKilled runs in another process.
func TestWriteForever(t *testing.T) {
	if *writeIn == "" {
		t.Skip("only with -write-in")
	}
	for n := 0; ; n++ {
		var list []Change
		for _, name := range names() {
			c := Change{Path: filepath.Join(*writeIn, name), New: version(name, (n+1)%2)}
			c.Old, _ = os.ReadFile(c.Path)
			if strings.HasPrefix(name, "dd") && c.Old != nil {
				c.New = nil
			}
			list = append(list, c)
		}
		if err := Write(list); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(os.Stderr, "written")
	}
}

// TestWriteKilled kills a process that writes, at any moment: each file is one
// thing or the other, whole, and what else it leaves has a name to be known by.
func TestWriteKilled(t *testing.T) {
	times := 40
	if testing.Short() {
		times = 10
	}
	leftover := regexp.MustCompile(`^\.(f\d|ddinstrument_sites)\.go\.ddinstrument-\d+$`)
	left, mixed := 0, 0
	for range times {
		path := folder(t, nil)
		for _, name := range names()[1:] {
			if err := os.WriteFile(path(name), version(name, 0), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		killWriting(t, path(""))
		entries, err := os.ReadDir(path(""))
		if err != nil {
			t.Fatal(err)
		}
		temporary := 0
		versions := map[int]bool{}
		for _, e := range entries {
			if leftover.MatchString(e.Name()) {
				temporary++
				continue
			}
			data, err := os.ReadFile(path(e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			if bytes.Equal(data, version(e.Name(), 1)) {
				n = 1
			} else if !bytes.Equal(data, version(e.Name(), 0)) {
				t.Fatalf("%s holds %d bytes that nobody has written", e.Name(), len(data))
			}
			versions[n] = versions[n] || e.Name()[0] == 'f'
		}
		if len(entries)-temporary < killed || temporary > 1 {
			t.Fatalf("what is left is %v", entries)
		}
		left += temporary
		if versions[0] && versions[1] {
			mixed++
		}
	}
	t.Logf("%d of %d kills left a temporary file, %d some files old and some new", left, times, mixed)
	if left == 0 || mixed == 0 {
		t.Error("no kill came while something was being written")
	}
}

// killWriting runs TestWriteForever in a folder and kills it when it has been
// writing for a while.
func killWriting(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestWriteForever$", "-write-in="+dir)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 8)
	_, err = stderr.Read(said)
	time.Sleep(time.Duration(rand.IntN(int(20 * time.Millisecond))))
	cmd.Process.Kill()
	cmd.Wait()
	if err != nil || string(said) != "written\n" {
		t.Fatalf("the process that writes has said %q: %v", said, err)
	}
}

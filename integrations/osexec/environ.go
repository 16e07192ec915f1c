//go:build ignore

package exec

import (
	"runtime"
	"strings"
	"syscall"

	ddtracer "github.com/ddinstrument/ddinstrument/runtime/tracer"
)

// ddNames are the variables that a context of another process comes in (OpenTelemetry's specification of environment
// variables as carriers), by what propagation calls them.
var ddNames = map[string]string{"traceparent": "TRACEPARENT", "tracestate": "TRACESTATE", "baggage": "BAGGAGE"}

func ddStarted(c *Cmd) { c.ddstarts = false }

// ddVariables is what a span says to the command.
type ddVariables map[string]string

// Get and Set are those of a tracer.Carrier; what is said in other styles has no variable.
func (v ddVariables) Get(key string) string { return v[ddNames[key]] }

func (v ddVariables) Set(key, value string) {
	if name := ddNames[key]; name != "" && strings.IndexByte(value, 0) < 0 {
		v[name] = value
	}
}

// ddEnviron puts the active span into the environment of a command that starts. What the program itself has chosen for
// it stays; what this process has been given by its own parent does not.
func ddEnviron(c *Cmd, env *[]string) {
	said := ddVariables{}
	ddtracer.Inject(c.ctx, said)
	if said["TRACEPARENT"] == "" {
		return
	}
	var others []string
	for _, entry := range *env {
		name := ddName(entry)
		if name == "" {
			others = append(others, entry)
		} else if given, _ := syscall.Getenv(name); entry[len(name)+1:] != given { // os.Getenv would tell the go command
			return
		}
	}
	for _, name := range [...]string{"TRACEPARENT", "TRACESTATE", "BAGGAGE"} {
		if said[name] != "" {
			others = append(others, name+"="+said[name])
		}
	}
	*env = others
}

// ddName is the name of an entry's variable if it is one of ours.
func ddName(entry string) string {
	name, _, ok := strings.Cut(entry, "=")
	if !ok {
		return ""
	}
	for _, our := range ddNames {
		if name == our || runtime.GOOS == "windows" && strings.EqualFold(name, our) {
			return our
		}
	}
	return ""
}

//go:build go1.21

package tracer

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/ddinstrument/ddinstrument/runtime/internal/config"
)

// args is what os.Args is when the program starts. The program may give it another value while the first span starts in
// another goroutine.
var args = os.Args

func programName() string {
	if len(args) > 0 && args[0] != "" {
		return strings.TrimSuffix(filepath.Base(args[0]), ".exe")
	}
	return "unnamed-go-service"
}

// newRuntimeID makes a random (version 4) UUID, which tells this process from all others.
func newRuntimeID() string {
	a, b := random(), random()
	a = a&^0xf000 | 0x4000
	b = b&^(3<<62) | 2<<62
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", a>>32, a>>16&0xffff, a&0xffff, b>>48, b&(1<<48-1))
}

const language = "go"

func languageVersion() string { return strings.TrimPrefix(runtime.Version(), "go") }

// headers are what every request says about who sends.
func headers() []string {
	h := []string{
		"Datadog-Meta-Lang: " + language,
		// Without it an agent that is too busy answers 200 to what it drops (pkg/trace/api, isHeaderTrue).
		"Datadog-Send-Real-Http-Status: true",
		"Datadog-Meta-Lang-Version: " + languageVersion(),
		"Datadog-Meta-Lang-Interpreter: " + runtime.Compiler + "-" + runtime.GOARCH + "-" + runtime.GOOS,
		"Datadog-Meta-Tracer-Version: " + Version,
	}
	id, entity := config.Container()
	if id != "" {
		h = append(h, "Datadog-Container-ID: "+id)
	}
	if entity != "" {
		h = append(h, "Datadog-Entity-ID: "+entity)
	}
	return h
}

package clients

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ddinstrument/ddinstrument/agent"
)

// TestNode sends with dd-trace for Node.js, in v0.4 and v0.5. It needs Node.js
// 18 or later, npm, and the npm registry: it downloads the tracer.
func TestNode(t *testing.T) {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("Node.js is missing (Debian: apt-get install nodejs npm): %v", err)
		}
	}
	dir := t.TempDir()
	for _, file := range []string{"package.json", "package-lock.json", "shop.js"} {
		text, err := os.ReadFile(filepath.Join("node", file))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	install := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	run(t, install)
	for _, version := range []string{"0.4", "0.5"} {
		t.Run("v"+version, func(t *testing.T) {
			t.Parallel()
			s := start(t, agent.Options{})
			shop := exec.Command("node", "shop.js")
			shop.Dir = dir
			stdout, stderr := run(t, shop, "DD_TRACE_AGENT_URL="+s.URL(), "DD_TRACE_AGENT_PROTOCOL_VERSION="+version,
				"DD_TELEMETRY_HEARTBEAT_INTERVAL=1", "DD_REMOTE_CONFIG_POLL_INTERVAL_SECONDS=0.5", "DD_TRACE_128_BIT_TRACEID_GENERATION_ENABLED=true",
				"DD_TRACE_STARTUP_LOGS=false")
			if stdout+stderr != "" {
				t.Errorf("it says: %s%s", stdout, stderr)
			}
			spans := one(t, s)
			root, child := spans["web.request"], spans["db.query"]
			if child.Meta["error.type"] != "TypeError" || !strings.Contains(child.Meta["error.stack"], "shop.js") {
				t.Errorf("the error: %+v", child)
			}
			child.Meta["error.type"] = "*errors.errorString"
			checkRequest(t, root, child)
			names := []string{}
			for _, e := range child.Events {
				names = append(names, e.Name)
			}
			if !slices.Contains(names, "retry") {
				t.Errorf("events: %+v", child.Events)
			}
		})
	}
}

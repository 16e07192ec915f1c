package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
)

// info is what agents say of themselves, shortened to what tracers look at (datadog-agent 7.85, pkg/trace/api/info.go and
// endpoints.go).
const info = `{"version":"7.85.1","git_commit":"bench","endpoints":["/v0.3/traces","/v0.3/services","/v0.4/traces",` +
	`"/v0.4/services","/v0.5/traces","/v0.7/traces","/v1.0/traces","/profiling/v1/input","/telemetry/proxy/","/v0.6/stats",` +
	`"/v0.1/pipeline_stats","/evp_proxy/v1/","/evp_proxy/v2/","/evp_proxy/v3/","/evp_proxy/v4/","/debugger/v1/input",` +
	`"/debugger/v1/diagnostics","/debugger/v2/input","/symdb/v1/input","/dogstatsd/v2/proxy","/tracer_flare/v1"],` +
	`"client_drop_p0s":true,"span_meta_structs":true,"long_running_spans":true,"span_events":true,` +
	`"config":{"default_env":"none","target_tps":10,"max_eps":200,"receiver_port":8126,"statsd_port":8125,` +
	`"obfuscation":{"sql_obfuscation_mode":"","redis":{"Enabled":true},"http":{}}},"peer_tags":["db.name","peer.service"],` +
	`"span_kinds_stats_computed":["server","client","producer","consumer"],"obfuscation_version":1}`

// received is what an agent has got so far.
type received struct {
	Traces   int64 // by the header of the requests, which is the number of chunks
	Bytes    int64 // of requests with traces
	Requests int64
	Stats    int64 // requests with statistics
}

// agentRole takes what comes, and counts it. With the argument hang it answers /info and nothing else, ever.
func agentRole(args []string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	hang := len(args) > 0 && args[0] == "hang"
	var traces, bytes, requests, stats atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/info", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, info)
	})
	mux.HandleFunc("/received", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(received{traces.Load(), bytes.Load(), requests.Load(), stats.Load()})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if hang {
			select {}
		}
		n, _ := io.Copy(io.Discard, r.Body)
		switch {
		case strings.HasSuffix(r.URL.Path, "/traces"):
			count, _ := strconv.ParseInt(r.Header.Get("X-Datadog-Trace-Count"), 10, 64)
			traces.Add(count)
			bytes.Add(n)
			requests.Add(1)
			w.Header().Set("Content-Type", "application/json")
			if r.URL.Path != "/v1/traces" { // that is OTLP
				io.WriteString(w, `{"rate_by_service":{"service:,env:":1}}`)
			}
		case r.URL.Path == "/v0.6/stats":
			stats.Add(1)
		case strings.HasPrefix(r.URL.Path, "/telemetry/"):
			w.WriteHeader(http.StatusAccepted)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	fmt.Println("http://" + l.Addr().String())
	go func() { // whoever has started it holds the other end
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	return http.Serve(l, mux)
}

// agent is a child process that plays one.
type agent struct {
	url string
	cmd *exec.Cmd
}

// startAgent starts an agent, which ends when this process does.
func startAgent(args ...string) (*agent, error) {
	cmd := child("agent", nil, args...)
	if _, err := cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("an agent did not start: %w", err)
	}
	return &agent{url: strings.TrimSpace(line), cmd: cmd}, nil
}

func (a *agent) stop() {
	a.cmd.Process.Kill()
	a.cmd.Wait()
}

func (a *agent) received() (got received, err error) {
	r, err := http.Get(a.url + "/received")
	if err != nil {
		return got, err
	}
	defer r.Body.Close()
	return got, json.NewDecoder(r.Body).Decode(&got)
}

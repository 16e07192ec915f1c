package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ddinstrument/ddinstrument/runtime/agentaddr"
)

// startOne is what to do when no agent answers.
const startOne = "start the Datadog agent, or ddinstrument agent; or say where it is: DD_TRACE_AGENT_URL=http://HOST:PORT or unix:///path\n" +
	"(ddinstrument run and test need none: they show the traces themselves)"

// settings: does the environment switch tracing off?
func (x *examination) settings() finding {
	if text := x.getenv("DD_TRACE_ENABLED"); text != "" {
		on, err := strconv.ParseBool(text)
		if err == nil && !on {
			return bad("unset DD_TRACE_ENABLED", "DD_TRACE_ENABLED=%s: no span is made", text)
		}
		if err != nil {
			return bad("say true or false", "DD_TRACE_ENABLED=%q is neither true nor false", text)
		}
	}
	var set []string
	for _, kv := range x.env {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "DD_") && !strings.Contains(name, "KEY") {
			set = append(set, name)
		}
	}
	if len(set) == 0 {
		return ok("no DD_ variables: all is as by default")
	}
	slices.Sort(set)
	return ok("tracing is on; set are %s", strings.Join(slices.Compact(set), ", "))
}

// address: where do the spans go?
func (x *examination) address() finding {
	exists := func(path string) bool {
		_, err := os.Stat(path)
		return err == nil
	}
	if name := agentaddr.OTLPVariable(x.getenv, exists); name != "" {
		x.otlp = x.getenv(name)
		return ok("spans go to OpenTelemetry's receiver at %s (%s), not to an agent", x.otlp, name)
	}
	addr, err := agentaddr.AgentURL(x.getenv, exists)
	if err != nil {
		return bad("mend the variable, or unset it", "%v; %s is used instead", err, addr.URL)
	}
	x.addr = addr
	x.client = &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, addr.Network, addr.Address)
		},
	}}
	for _, name := range []string{"DD_TRACE_AGENT_URL", "DD_AGENT_HOST", "DD_TRACE_AGENT_PORT"} {
		if x.getenv(name) != "" {
			return ok("%s, by %s", addr.URL, name)
		}
	}
	return ok("%s, by default", addr.URL)
}

// connection: does anybody answer there?
func (x *examination) connection() finding {
	if x.otlp != "" {
		return x.receiver()
	}
	if x.addr == nil {
		return skip("no agent's address")
	}
	conn, err := net.DialTimeout(x.addr.Network, x.addr.Address, 2*time.Second)
	if err != nil {
		return bad(startOne, "nobody answers at %s: %v", x.addr.URL, err)
	}
	conn.Close()
	x.reached = true
	return ok("somebody answers")
}

// receiver: does anybody answer where OTLP goes?
func (x *examination) receiver() finding {
	const do = "start the receiver (ddinstrument agent is one), or say where it is"
	u, err := url.Parse(x.otlp)
	if err != nil || u.Hostname() == "" {
		return bad(do, "%q is no address: want http://HOST:PORT", x.otlp)
	}
	port := cmp.Or(u.Port(), map[string]string{"https": "443"}[u.Scheme], "80")
	address := net.JoinHostPort(u.Hostname(), port)
	conn, err := net.DialTimeout("tcp", address, 2*time.Second)
	if err != nil {
		return bad(do, "nobody answers at %s: %v", address, err)
	}
	conn.Close()
	return ok("somebody answers")
}

// agentInfo is the part of the answer to /info that matters here.
type agentInfo struct {
	Version   string   `json:"version"`
	Endpoints []string `json:"endpoints"`
}

// ours reports whether it is the development agent.
func (i *agentInfo) ours() bool { return strings.Contains(i.Version, "ddinstrument") }

// ask makes a request to the agent.
func (x *examination) ask(method, path string, body io.Reader, header http.Header) (*http.Response, []byte, error) {
	scheme, host := "http", x.addr.Address
	if x.addr.TLS {
		scheme = "https"
	}
	if x.addr.Network == "unix" {
		host = "agent"
	}
	req, err := http.NewRequestWithContext(x.ctx, method, scheme+"://"+host+x.addr.Path+path, body)
	if err != nil {
		return nil, nil, err
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := x.client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp, answer, err
}

// askInfo: what does the agent take?
func (x *examination) askInfo() finding {
	const other = "is it an agent? DD_TRACE_AGENT_URL says where spans go"
	if !x.reached {
		return skip("no agent answers")
	}
	resp, body, err := x.ask("GET", "/info", nil, nil)
	if err != nil {
		return bad(other, "%v", err)
	}
	if resp.StatusCode == http.StatusNotFound {
		return bad("update the agent to 7.27 or newer; until then all goes by v0.4", "the agent has no /info")
	}
	var info agentInfo
	err = json.Unmarshal(body, &info)
	if resp.StatusCode != http.StatusOK || err != nil || info.Version == "" && len(info.Endpoints) == 0 {
		return bad(other, "it answers %s, %.80q", resp.Status, body)
	}
	x.info = &info
	var forms []string
	for _, path := range info.Endpoints {
		if version, ok := strings.CutSuffix(strings.TrimPrefix(path, "/"), "/traces"); ok {
			forms = append(forms, version)
		}
	}
	name := "Datadog's agent " + info.Version
	if info.ours() {
		name = "ddinstrument's development agent"
	}
	if !slices.Contains(forms, "v0.4") && !slices.Contains(forms, "v1.0") {
		return bad("update the agent, or enable traces in it (apm_config.enabled)", "%s takes neither v0.4 nor v1.0 traces", name)
	}
	slices.Sort(forms)
	return ok("%s takes %s", name, strings.Join(slices.Compact(forms), ", "))
}

// sendSpan: does the agent accept a span?
func (x *examination) sendSpan() finding {
	if x.info == nil {
		return skip("no agent answers")
	}
	span := newTestSpan(time.Now())
	resp, body, err := x.ask("PUT", "/v0.4/traces", span.payload(), span.header())
	if err != nil {
		return bad("see the agent's log", "%v", err)
	}
	if resp.StatusCode != http.StatusOK {
		return bad("see the agent's log, and /info for its limits", "the agent answers %s: %.200s", resp.Status, strings.TrimSpace(string(body)))
	}
	x.sent = &span
	return ok("accepted")
}

// seeSpan: is it there? Only our own agent can be asked.
func (x *examination) seeSpan() finding {
	switch {
	case x.sent == nil:
		return skip("no span was accepted")
	case !x.info.ours():
		return skip("Datadog's agent does not show what it has")
	}
	pages := strings.TrimRight(cmp.Or(x.cmd.Own["ui"], "http://"+defaultUI), "/")
	client := &http.Client{Timeout: 5 * time.Second}
	var info struct{ Listen []string }
	if err := getJSON(x.ctx, client, pages+"/api/info", &info); err != nil {
		return skip("the agent's pages are not at " + pages)
	}
	if !slices.ContainsFunc(info.Listen, x.isSame) {
		return skip("the pages at " + pages + " are another agent's")
	}
	var trace struct{ Spans []struct{ Name string } }
	if err := getJSON(x.ctx, client, pages+"/api/traces/"+x.sent.trace.String(), &trace); err != nil {
		return bad("see what ddinstrument agent prints", "the span is not there: %v", err)
	}
	return ok("the span is there: %s", pages)
}

// isSame reports whether an address is the agent's: that of a host is its port.
func (x *examination) isSame(url string) bool {
	if url == x.addr.URL {
		return true
	}
	_, port, err := net.SplitHostPort(x.addr.Address)
	return err == nil && strings.HasSuffix(url, ":"+port)
}

// getJSON reads what a development agent's pages read.
func getJSON(ctx context.Context, client *http.Client, url string, v any) error {
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %d %s", url, resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	return json.NewDecoder(io.LimitReader(resp.Body, 64<<20)).Decode(v)
}

// maxSkew is how far the clocks may be apart. Agents give whole seconds.
const maxSkew = 5 * time.Second

// clock: are the spans' times what the agent takes them for?
func (x *examination) clock() finding {
	if x.info == nil {
		return skip("no agent answers")
	}
	before := time.Now()
	resp, _, err := x.ask("GET", "/info", nil, nil)
	if err != nil {
		return bad("see the agent's log", "%v", err)
	}
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return skip("the agent does not say what time it is")
	}
	took := time.Since(before)
	skew := date.Sub(before.Add(took / 2)).Round(time.Second)
	if skew.Abs() > maxSkew+took {
		return bad("set the clock of the one that is wrong (NTP)", "the agent's clock is %v off: spans appear at the wrong time, or not at all", skew)
	}
	return ok("the agent's is the same")
}

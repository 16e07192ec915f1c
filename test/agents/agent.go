// Package agents puts the runtime before Datadog's own trace-agent: not a mock of it but its code, with an intake on the
// loopback in the place of Datadog's. It is a module of its own so that who uses ddinstrument has nothing to do with the
// modules that the agent is made of.
//
// The agent is this test's own binary, started once more (see TestMain), so that it can be ended like one.
package agents

import (
	"context"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"

	gzipimpl "github.com/DataDog/datadog-agent/comp/trace/compression/impl-gzip"
	"github.com/DataDog/datadog-agent/pkg/trace/agent"
	"github.com/DataDog/datadog-agent/pkg/trace/config"
	"github.com/DataDog/datadog-agent/pkg/trace/telemetry"
	"github.com/DataDog/datadog-go/v5/statsd"
)

// What the agent program is told in its environment.
const (
	intakeVariable = "AGENTS_INTAKE" // the address of the intake; the binary is the agent if there is one
	legacyVariable = "AGENTS_LEGACY" // not empty: what comes as v0.4 is handled as agents did before they had v1.0
	ignoreVariable = "DD_APM_IGNORE_RESOURCES"
	socketVariable = "AGENTS_SOCKET" // not empty: where it listens, instead of the loopback

	rejectVariable         = "DD_APM_FILTER_TAGS_REJECT"
	requireVariable        = "DD_APM_FILTER_TAGS_REQUIRE"
	rejectPatternVariable  = "DD_APM_FILTER_TAGS_REGEX_REJECT"
	requirePatternVariable = "DD_APM_FILTER_TAGS_REGEX_REQUIRE"
)

// run is the agent. Its first line says where it listens; it ends when ctx does.
func run(ctx context.Context, intake string) error {
	conf, err := configuration(intake)
	if err != nil {
		return err
	}
	conf.ReceiverSocket = os.Getenv(socketVariable)
	var listener net.Listener
	url := "unix://" + conf.ReceiverSocket
	if conf.ReceiverSocket == "" {
		if listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return err
		}
		url = "http://" + listener.Addr().String()
		conf.ReceiverHost = "127.0.0.1"
		conf.ReceiverPort = listener.Addr().(*net.TCPAddr).Port
	} else {
		conf.ReceiverPort = 0
	}
	a := agent.NewAgent(ctx, conf, telemetry.NewNoopCollector(), &statsd.NoOpClient{}, gzipimpl.NewComponent())
	if listener != nil {
		a.Receiver.SetTCPListener(listener)
	}
	fmt.Fprintln(os.Stdout, url)
	a.Run()
	return nil
}

// configuration is that of a stock agent, as far as the command around this code would read it from datadog.yaml, but for
// how long it waits before it sends.
func configuration(intake string) (*config.AgentConfig, error) {
	c := config.New()
	c.Endpoints = []*config.Endpoint{{Host: intake, APIKey: strings.Repeat("0", 32)}}
	c.Hostname = "host"
	c.TraceWriter.FlushPeriodSeconds = 0.1
	c.MaxConnections = 1000 // as datadog.yaml has it; 0 means 1, and an agent that does not end while there is one
	c.DecoderTimeout = 1000 // milliseconds, as datadog.yaml has it; 0 drops payloads at random, with status 200
	if os.Getenv(legacyVariable) != "" {
		c.Features["disable-convert-traces"] = struct{}{}
	}
	c.EVPProxy.Enabled = false
	c.OpenLineageProxy.Enabled = false
	c.Obfuscation.ES.Enabled = true
	c.Obfuscation.OpenSearch.Enabled = true
	c.Obfuscation.Mongo.Enabled = true
	c.Obfuscation.Redis.Enabled = true
	c.Obfuscation.Valkey.Enabled = true
	c.Obfuscation.Memcached.Enabled = true
	c.Obfuscation.CreditCards.Enabled = true
	if text := os.Getenv(ignoreVariable); text != "" {
		c.Ignore["resource"] = strings.Split(text, ",")
		for _, e := range c.Ignore["resource"] {
			if _, err := regexp.Compile(e); err != nil {
				return nil, fmt.Errorf("%s: %w", ignoreVariable, err)
			}
		}
	}
	c.RejectTags, c.RequireTags = exact(rejectVariable), exact(requireVariable)
	c.RejectTagsRegex, c.RequireTagsRegex = patterns(rejectPatternVariable), patterns(requirePatternVariable)
	return c, nil
}

// exact reads a list of tags.
func exact(variable string) (list []*config.Tag) {
	for _, word := range strings.Fields(os.Getenv(variable)) {
		key, value, _ := strings.Cut(word, ":")
		list = append(list, &config.Tag{K: key, V: value})
	}
	return list
}

// patterns reads a list of tags with regular expressions.
func patterns(variable string) (list []*config.TagRegex) {
	for _, word := range strings.Fields(os.Getenv(variable)) {
		key, expr, _ := strings.Cut(word, ":")
		list = append(list, &config.TagRegex{K: key, V: regexp.MustCompile(expr)})
	}
	return list
}

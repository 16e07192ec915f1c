//go:build go1.21

package sampling

import (
	"fmt"
	"testing"
)

func TestDecide(t *testing.T) {
	rules, problems := ParseTraceRules(`[{"resource":"GET /health*","sample_rate":0},{"service":"shop","sample_rate":1},{"service":"shop","sample_rate":0}]`)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s := NewSampler(append(rules, Everything(0.5)), NewLimiter(1))
	shop := subject{service: "shop", resource: "GET /"}
	show := func(d *Decision) string {
		return fmt.Sprint(d.Priority, " ", d.Mechanism, " ", d.Metrics, " ", d.Final, " "+d.Rate)
	}
	first := s.Decide(1, shop, nil, false)
	for _, c := range []struct {
		what, want string
		got        *Decision
	}{
		{"the first one", "2 -3 [{_dd.rule_psr 1} {_dd.limit_psr 1}] false 1", first},
		{"again", "2 -3 [{_dd.rule_psr 1} {_dd.limit_psr 1}] true 1", s.Decide(1, shop, first, true)},
		{"above the limit", "-1 -3 [{_dd.rule_psr 1} {_dd.limit_psr 0.5}] true ", s.Decide(2, shop, nil, true)},
		{"a health check", "-1 -3 [{_dd.rule_psr 0}] false ", s.Decide(1, subject{resource: "get /HEALTH"}, first, false)},
		{"another, kept already", "2 -3 [{_dd.rule_psr 0.5} {_dd.limit_psr 1}] false 0.5", s.Decide(1, subject{}, first, false)},
		{"another", "-1 -3 [{_dd.rule_psr 0.5}] false 0.5", s.Decide(5198373796167680436, subject{}, nil, false)},
		{"no settings", "1 -0 [] true ", NewSampler(nil, nil).Decide(1, shop, nil, true)},
	} {
		if got := show(c.got); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
	agent := NewSampler(nil, nil)
	agent.Rates.Update([]byte(`{"rate_by_service":{"service:shop,env:e":0.06}}`))
	shop.tags = map[string]any{"env": "e"}
	for id, want := range map[uint64]string{1: "0 -1 [{_dd.agent_psr 0.06}] true 0.06", 1 << 63: "0 -1 [{_dd.agent_psr 0.06}] true 0.06", 0: "1 -1 [{_dd.agent_psr 0.06}] true 0.06"} {
		if got := show(agent.Decide(id, shop, nil, true)); got != want {
			t.Errorf("trace %d by the agent's rate: %s, want %s", id, got, want)
		}
	}
	if got := show(agent.Decide(1, subject{service: "x"}, nil, true)); got != "1 -0 [] true " {
		t.Errorf("a service that the agent does not know: %s", got)
	}
}

func TestDropRules(t *testing.T) {
	rules, problems := ParseDropRules(`[{"name":"keep","filter_rate":0},{"service":"s","tags":{"k":"v"},"filter_rate":0.06},{"name":"n*"},{"name":"x","sample_rate":1}]`)
	if len(rules) != 3 || fmt.Sprint(problems) != `[rule 4: "sample_rate" is no key of a rule]` {
		t.Errorf("%d rules, %s", len(rules), problems)
	}
	v := map[string]any{"k": "v"}
	got := fmt.Sprint(Drops(rules, 0, subject{name: "keep", service: "s", tags: v}), Drops(rules, 1, subject{service: "s", tags: v}), Drops(rules, 0, subject{service: "s", tags: v}),
		Drops(rules, 1, subject{name: "n", service: "s"}), Drops(rules, 1, subject{}))
	if got != "false false true true false" {
		t.Error(got)
	}
}

func TestSingle(t *testing.T) {
	rules, _ := ParseSpanRules(`[{"name":"no","sample_rate":0},{"name":"n*","max_per_second":1},{"service":"s"}]`)
	got := ""
	for _, s := range []subject{{name: "no", service: "s"}, {name: "n"}, {name: "n"}, {service: "s"}, {}} {
		if r := Single(rules, 7, s); r != nil {
			got += fmt.Sprint(r.SingleMetrics())
		}
		got += ";"
	}
	want := ";[{_dd.span_sampling.mechanism 8} {_dd.span_sampling.rule_rate 1} {_dd.span_sampling.max_per_second 1}];;" +
		"[{_dd.span_sampling.mechanism 8} {_dd.span_sampling.rule_rate 1}];;"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

//go:build go1.21

package sampling

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "anything", true}, {"*", "", true}, {"***", "x", true}, {"?", "", false}, {"?", "水", true}, {"??", "水", false},
		{"GET /health*", "get /HEALTHcheck", true}, {"get /health*", "GET /health", true}, {"get /health", "GET /health/", false},
		{"*a*b*", "xxaxxbxx", true}, {"*a*b", "ab b x", false}, {"*aab", "aaab", true}, {"a?c", "abc", true}, {"a?c", "ac", false},
		{`a\*`, `a\b`, true}, {"[ab]", "a", false}, {"[ab]", "[AB]", true}, {"é*", "É x", true}, {"a", "", false}, {"*.", "a.b", false},
	} {
		if got := NewGlob(c.pattern).Match(c.text); got != c.want {
			t.Errorf("%q matches %q: %v", c.pattern, c.text, got)
		}
	}
	start := time.Now()
	NewGlob(strings.Repeat("a*", 200) + "b").Match(strings.Repeat("a", 20000))
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("a pattern with many stars took %v", d)
	}
}

// FuzzGlob compares with a regular expression, as dd-trace-go makes one of a pattern. Only ASCII: cases beyond it differ.
func FuzzGlob(f *testing.F) {
	f.Add("a*b?c", "aXXbYc")
	f.Add("**", "")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		got := NewGlob(pattern).Match(text)
		if len(pattern) > 100 || len(text) > 100 || pattern == "" || strings.ContainsFunc(pattern+text, func(r rune) bool { return r > 127 }) {
			return
		}
		expr := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
		if want := regexp.MustCompile("(?is)^(?:" + expr + ")$").MatchString(text); got != want {
			t.Errorf("%q matches %q: %v", pattern, text, got)
		}
	})
}

type subject struct {
	service, name, resource string
	tags                    map[string]any
}

func (s subject) Service() string  { return s.service }
func (s subject) Name() string     { return s.name }
func (s subject) Resource() string { return s.resource }
func (s subject) Tag(key string) (Value, bool) {
	switch v := s.tags[key].(type) {
	case string:
		return Value{Text: v}, true
	case float64:
		return Value{Number: v, IsNumber: true}, true
	}
	return Value{}, false
}

func TestMatch(t *testing.T) {
	s := subject{"shop", "http.request", "GET /health", map[string]any{"a": "One", "n": 200.0, "f": 1.5}}
	for rule, want := range map[string]bool{
		`{}`: true, `{"service":"SHOP"}`: true, `{"service":"sho"}`: false, `{"name":"http.*","resource":"* /health"}`: true,
		`{"name":"http.*","resource":"* /"}`: false, `{"tags":{"a":"o?e"}}`: true, `{"tags":{"a":"o?e","b":"x"}}`: false,
		`{"tags":{"b":"*"}}`: true, `{"tags":{"n":"2*"}}`: true, `{"tags":{"n":200}}`: true, `{"tags":{"n":"3*"}}`: false,
		`{"tags":{"f":"*"}}`: true, `{"tags":{"f":"1*"}}`: false, `{"tags":{"b":"?*"}}`: false,
	} {
		text := "[" + strings.TrimSuffix(rule, "}") + `,"sample_rate":1}]`
		rules, problems := ParseTraceRules(strings.Replace(text, "{,", "{", 1))
		if len(rules) != 1 || len(problems) > 0 {
			t.Fatalf("%s: %v", rule, problems)
		}
		if got := rules[0].Match(s); got != want {
			t.Errorf("%s: %v", rule, got)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text    string
		single  bool
		rules   int
		problem string
	}{
		{``, false, 0, ``},
		{`[]`, true, 0, ``},
		{`{"sample_rate":1}`, false, 0, `[not a JSON array of rules]`},
		{`[`, true, 0, `[not JSON: it ends too early]`},
		{`[{"service":"a"},{"sample_rate":"0.5"},1]`, false, 1, `[rule 1: there is no sample_rate rule 3 is no JSON object]`},
		{`[{"sample_rate":2},{"sample_rate":"x"},{"sample_rate":null}]`, false, 0,
			`[rule 1: sample_rate is not a number from 0 to 1 rule 2: sample_rate is not a number from 0 to 1 rule 3: there is no sample_rate]`},
		{`[{"sample_rate":1,"resources":"x"}]`, false, 0, `[rule 1: "resources" is no key of a rule]`},
		{`[{"sample_rate":1,"service":["x"]}]`, false, 0, `[rule 1: service is no string]`},
		{`[{"sample_rate":1,"tags":["x"]}]`, false, 0, `[rule 1: tags is no JSON object]`},
		{`[{"sample_rate":1,"name":"a[b]"}]`, false, 1, ``},
		{`[{"name":"a[b"},{"service":"a]"},{"name":"b","max_per_second":5}]`, true, 1,
			`[rule 1: name: a pattern has * and ?, and no brackets rule 2: service: a pattern has * and ?, and no brackets]`},
		{`[{"sample_rate":1}]`, true, 0, `[rule 1: there is none of service, name, resource and tags]`},
		{`[` + strings.Repeat(`{"sample_rate":1},`, maxRules+5) + `{"sample_rate":1}]`, false, maxRules, `[there are more than 1000 rules]`},
	} {
		f := ParseTraceRules
		if c.single {
			f = ParseSpanRules
		}
		rules, problems := f(c.text)
		said := fmt.Sprint(problems)
		if len(problems) == 0 {
			said = ""
		}
		if len(rules) != c.rules || said != c.problem {
			t.Errorf("%.80s: %d rules, %s", c.text, len(rules), said)
		}
	}
}

func FuzzRules(f *testing.F) {
	f.Add(`[{"service":"a*","tags":{"k":1},"sample_rate":0.5,"max_per_second":1}]`)
	f.Fuzz(func(t *testing.T, text string) {
		traces, _ := ParseTraceRules(text)
		NewSampler(traces, nil).Decide(1, subject{}, nil, true)
		drops, _ := ParseDropRules(text)
		Drops(drops, 1, subject{})
		spans, _ := ParseSpanRules(text)
		Single(spans, 1, subject{})
	})
}

// TestPasses has values that dd-trace-py computes: (id*1111111111111111111) % 2**64 <= rate * (2**64-1).
func TestPasses(t *testing.T) {
	for _, c := range []struct {
		id   uint64
		rate float64
		want bool
	}{
		{1, 0.06, false}, {1, 0.0603, true}, {2, 0.12, false}, {2, 0.1205, true}, {12078589664685934330, 0.5, false}, {13794769880582338323, 0.5, true},
		{1882305164521835798, 0.5, true}, {5198373796167680436, 0.5, false}, {math.MaxUint64, 0, false}, {5, 1, true}, {5, math.NaN(), false},
	} {
		if got := Passes(c.id, c.rate); got != c.want {
			t.Errorf("%d at %v: %v", c.id, c.rate, got)
		}
	}
	n := 0
	for id := uint64(1); id <= 100000; id++ {
		if Passes(id*0x9E3779B97F4A7C15, 0.25) {
			n++
		}
	}
	if n < 24500 || n > 25500 {
		t.Errorf("%d of 100000 pass at a rate of 0.25", n)
	}
}

func TestLimiter(t *testing.T) {
	l := NewLimiter(2)
	now := time.Now()
	var got []string
	for _, after := range []float64{0, 0, 0, 0, .5, 1, 1.5, 1.5, 100, -100, 200} {
		ok, rate := l.Allow(now.Add(time.Duration(after * float64(time.Second))))
		got = append(got, fmt.Sprintf("%v:%v:%.2f", after, ok, rate))
	}
	want := "[0:true:1.00 0:true:1.00 0:false:0.67 0:false:0.50 0.5:true:0.60 1:true:0.67 1.5:true:0.71 1.5:false:0.62 " +
		"100:true:1.00 -100:true:1.00 200:true:1.00]"
	if fmt.Sprint(got) != want {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if ok, rate := NewLimiter(0).Allow(now); ok || rate != 0 {
		t.Error("a limit of 0 lets something pass")
	}
	if ok, rate := NewLimiter(-1).Allow(now); !ok || rate != 1 {
		t.Error("there is a limit")
	}
	var wg sync.WaitGroup
	l = NewLimiter(100)
	passed := make(chan bool, 4000)
	for i := 0; i < 4; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := 0; j < 1000; j++ {
				ok, _ := l.Allow(now)
				passed <- ok
			}
		}()
	}
	wg.Wait()
	n := 0
	for i := 0; i < 4000; i++ {
		if <-passed {
			n++
		}
	}
	if n != 100 {
		t.Errorf("%d pass at a limit of 100", n)
	}
}

func TestRates(t *testing.T) {
	var r Rates
	of := func(service, env string) string {
		if t := r.table.Load(); t != nil {
			if a := t.of(subject{service: service, tags: map[string]any{"env": env}}); a != nil {
				return fmt.Sprint(a.rate, true)
			}
		}
		return "0 false"
	}
	check := func(want string) {
		t.Helper()
		if got := of("Shop", "prod") + " " + of("other", ""); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	check("0 false 0 false")
	r.Update([]byte(`{"rate_by_service":{"service:,env:":0.5,"service:shop,env:prod":0.1,"x":1,"service:a,env:b":2}}`))
	check("0.1 true 0.5 true")
	for _, nothing := range []string{``, `OK`, `{}`, `{"rate_by_service":[]}`} {
		r.Update([]byte(nothing))
		check("0.1 true 0.5 true")
	}
	r.Update([]byte(`{"rate_by_service":{}}`))
	check("0 false 0 false")
}

//go:build go1.21

package httpinfo

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/ddinstrument/ddinstrument/runtime/internal/diag"
)

// Config is what the environment says of HTTP.
type Config struct {
	ServerErrors Statuses // of answers, that are errors to a server
	ClientErrors Statuses
	ServerQuery  Query
	ClientQuery  Query
	Headers      []HeaderTag // of requests that come, which become tags
	ClientIP     bool        // whose request it is becomes a tag
	IPHeader     string      // the one header that says it; "": the usual ones

	HandlerQuantized, ClientQuantized bool // resources have ids of paths starred
}

// current is read once, the first time that a request is served or sent. It goes past the os package, as the tracer
// does, so that the go command does not take what tracing reads for something that a test depends on.
var current = sync.OnceValue(func() *Config {
	c, problems := read(syscall.Getenv)
	for _, p := range problems {
		diag.Once(p, "%s", p)
	}
	return c
})

// Current is what the environment says.
func Current() *Config { return current() }

// reader reads variables and takes down what is wrong with them.
type reader struct {
	getenv   func(string) (string, bool)
	problems []string
}

func read(getenv func(string) (string, bool)) (*Config, []string) {
	r := &reader{getenv: getenv}
	c := &Config{
		ServerErrors: r.statuses("DD_TRACE_HTTP_SERVER_ERROR_STATUSES", Statuses{{500, 599}}),
		ClientErrors: r.statuses("DD_TRACE_HTTP_CLIENT_ERROR_STATUSES", Statuses{{400, 499}}),
		Headers:      r.headers("DD_TRACE_HEADER_TAGS"),
		ClientIP:     r.flag("DD_TRACE_CLIENT_IP_ENABLED", false),
		IPHeader:     canonical(strings.TrimSpace(r.text("DD_TRACE_CLIENT_IP_HEADER"))),
	}
	c.HandlerQuantized = r.flag("DD_TRACE_HTTP_HANDLER_RESOURCE_NAME_QUANTIZE", false)
	c.ClientQuantized = r.flag("DD_TRACE_HTTP_CLIENT_RESOURCE_NAME_QUANTIZE", false)
	hide := r.obfuscator()
	c.ServerQuery = Query{off: r.flag("DD_TRACE_HTTP_URL_QUERY_STRING_DISABLED", false), hide: hide, only: r.only("SERVER")}
	c.ClientQuery = Query{off: !r.flag("DD_TRACE_HTTP_CLIENT_TAG_QUERY_STRING", true), hide: hide, only: r.only("CLIENT")}
	return c, r.problems
}

func (r *reader) text(name string) string {
	value, _ := r.getenv(name)
	return value
}

func (r *reader) wrong(name, value, instead string) {
	r.problems = append(r.problems, name+"="+strconv.Quote(value)+" is not understood: "+instead)
}

func (r *reader) flag(name string, otherwise bool) bool {
	value := strings.TrimSpace(r.text(name))
	if value == "" {
		return otherwise
	}
	v, err := strconv.ParseBool(strings.ToLower(value))
	if err != nil {
		r.wrong(name, value, strconv.FormatBool(otherwise)+" is used")
		return otherwise
	}
	return v
}

func (r *reader) statuses(name string, otherwise Statuses) Statuses {
	value := r.text(name)
	if strings.TrimSpace(value) == "" {
		return otherwise
	}
	list, ok := parseStatuses(value)
	if !ok {
		r.wrong(name, value, otherwise.String()+" is used")
		return otherwise
	}
	return list
}

// only is the list of parameters that alone are kept of the queries of one side; nil: all are.
func (r *reader) only(side string) []string {
	const name = "DD_TRACE_HTTP_URL_QUERY_STRING_ALLOWLIST"
	value := r.text(name + "_" + side)
	if value == "" {
		value = r.text(name)
	}
	if value == "" {
		return nil
	}
	list := []string{}
	for _, key := range strings.Split(value, ",") {
		if key = strings.TrimSpace(key); key != "" {
			list = append(list, key)
		}
	}
	return list
}

func (r *reader) obfuscator() obfuscator {
	const name = "DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP"
	o := obfuscator{limit: defaultLimit}
	if value := strings.TrimSpace(r.text("DD_HTTP_SERVER_TAG_QUERY_STRING_SIZE")); value != "" {
		if n, err := strconv.Atoi(value); err == nil && n >= 0 {
			o.limit = n
		} else {
			r.wrong("DD_HTTP_SERVER_TAG_QUERY_STRING_SIZE", value, strconv.Itoa(defaultLimit)+" is used")
		}
	}
	value, set := r.getenv(name)
	switch {
	case !set || value == secretPattern:
		o.usual = true
	case value != "":
		re, err := regexp.Compile(value)
		if err != nil { // what it is may itself be a secret
			r.problems = append(r.problems, name+" is no regular expression of Go's: URLs are shown without their queries")
			o.drop = true
		}
		o.own = re
	}
	return o
}

// Statuses are ranges of status codes, both ends included.
type Statuses [][2]int

// Has tells whether a code is in one of them.
func (s Statuses) Has(code int) bool {
	for _, r := range s {
		if code >= r[0] && code <= r[1] {
			return true
		}
	}
	return false
}

func (s Statuses) String() string {
	var b []string
	for _, r := range s {
		if r[0] == r[1] {
			b = append(b, strconv.Itoa(r[0]))
		} else {
			b = append(b, strconv.Itoa(r[0])+"-"+strconv.Itoa(r[1]))
		}
	}
	return strings.Join(b, ",")
}

// parseStatuses reads "404,500-599".
func parseStatuses(text string) (list Statuses, ok bool) {
	for _, part := range strings.Split(text, ",") {
		low, high, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			high = low
		}
		from, err := strconv.Atoi(strings.TrimSpace(low))
		to, err2 := strconv.Atoi(strings.TrimSpace(high))
		if err != nil || err2 != nil {
			return nil, false
		}
		list = append(list, [2]int{from, to})
	}
	return list, true
}

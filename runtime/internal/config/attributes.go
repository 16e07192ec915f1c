//go:build go1.21

package config

import (
	"fmt"
	"strconv"
	"strings"
)

// attributes reads key=value,key=value, in which %41 is A, as OpenTelemetry has it
// (https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable).
// Each key comes once, with its last value. Problems show the text as shown, unless that is empty.
func (r *reader) attributes(name, shown string) (list []Tag) {
	text := r.getenv(name)
	if shown == "" {
		shown = text
	}
	for i, part := range strings.Split(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		key, value, ok := strings.Cut(part, "=")
		key, decodedKey := decode(strings.TrimSpace(key))
		value, decodedValue := decode(strings.TrimSpace(value))
		if !ok || !decodedKey || !decodedValue || key == "" {
			r.bad(name, shown, fmt.Sprintf("its part %d is not NAME=VALUE", i+1), "the rest")
			continue
		}
		list = setTag(list, Tag{key, value})
	}
	return list
}

// decode replaces %41 by A.
func decode(s string) (_ string, ok bool) {
	if !strings.Contains(s, "%") {
		return s, true
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b = append(b, s[i])
			continue
		}
		if i+3 > len(s) {
			return "", false
		}
		c, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			return "", false
		}
		b = append(b, byte(c))
		i += 2
	}
	return string(b), true
}

// resource reads OTEL_RESOURCE_ATTRIBUTES, which says what DD_TAGS does where that is not set
// (https://github.com/DataDog/dd-trace-go, internal/config/provider/otelenvconfigsource.go): service, env and version
// as tags of these names, and the rest.
func (r *reader) resource() (known, rest []Tag) {
	env := Tag{Key: "env"}
	for _, a := range r.attributes("OTEL_RESOURCE_ATTRIBUTES", "") {
		switch a.Key {
		case "service.name":
			known = append(known, Tag{"service", a.Value})
		case "service.version":
			known = append(known, Tag{"version", a.Value})
		case "deployment.environment.name":
			env.Value = a.Value
		case "deployment.environment": // the older name
			env.Value = either(env.Value, a.Value)
		default:
			rest = append(rest, a)
		}
	}
	return append(known, env), rest
}

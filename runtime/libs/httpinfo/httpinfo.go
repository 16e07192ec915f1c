//go:build go1.21

// Package httpinfo is what integrations of HTTP libraries have in common: what the environment says of URLs and statuses,
// texts for tags, headers as carriers, and the request that a server answers, to which the routers behind it tell their
// routes. It knows no type of net/http, which uses it.
package httpinfo

import "strconv"

// Tags that several of the integrations set.
const (
	MethodTag = "http.method"
	URLTag    = "http.url"
	StatusTag = "http.status_code"
	RouteTag  = "http.route"
	AgentTag  = "http.useragent"
	HostTag   = "http.host"
	ErrorsTag = "http.errors"
)

// Resource is what a span's resource says of a request: its method, and its route or else its path.
func Resource(method, path string) string {
	if path == "" {
		return method
	}
	return method + " " + path
}

// Status is the text of a status code. The usual ones cost no allocation.
func Status(code int) string {
	switch code {
	case 200:
		return "200"
	case 201:
		return "201"
	case 202:
		return "202"
	case 204:
		return "204"
	case 206:
		return "206"
	case 301:
		return "301"
	case 302:
		return "302"
	case 303:
		return "303"
	case 304:
		return "304"
	case 307:
		return "307"
	case 308:
		return "308"
	case 400:
		return "400"
	case 401:
		return "401"
	case 403:
		return "403"
	case 404:
		return "404"
	case 405:
		return "405"
	case 409:
		return "409"
	case 422:
		return "422"
	case 429:
		return "429"
	case 500:
		return "500"
	case 502:
		return "502"
	case 503:
		return "503"
	}
	return strconv.Itoa(code)
}

// StatusError is the type and the message of the error that a status stands for, as Datadog's integrations for Go have
// them.
func StatusError(code int, text string) (typ, message string) {
	return "*errors.errorString", Status(code) + ": " + text
}

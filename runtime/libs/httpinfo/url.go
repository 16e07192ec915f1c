//go:build go1.21

package httpinfo

import "net/url"

// URL is the text of the URL of a request that is served or sent, without the user's name and password, and without
// secrets in its query. The host is what the request names. A fragment is not sent, and none of the URL's.
func URL(u *url.URL, host string, secure bool, q *Query) string {
	if u == nil {
		return ""
	}
	scheme := "http"
	if u.Scheme != "" {
		scheme = u.Scheme
	} else if secure {
		scheme = "https"
	}
	before := ""
	if host != "" {
		scheme, before = scheme+"://", host
	} else {
		scheme = ""
	}
	path := u.EscapedPath()
	if path == "*" { // of OPTIONS: the server itself
		path = ""
	}
	if query := q.Text(u.RawQuery); query != "" {
		return scheme + before + path + "?" + query
	}
	return scheme + before + path
}

// Package stores tests the integrations of Redis and MongoDB: programs that know
// nothing of tracing are built by the real command, and their spans compared.
package stores

// versions are the files that choose the versions of the libraries: the newest
// that are known, and the oldest.
var versions = map[string][]string{"newest": nil, "oldest": {"-modfile=oldest.mod"}}

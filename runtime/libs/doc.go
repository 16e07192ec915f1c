//go:build go1.21

// Package libs is the folder of what integrations share: packages that know a protocol's or a library's terms, such as
// URLs, statuses and data source names, and turn them into tags. They import the standard library only, and neither
// net/http nor database/sql: the code that is added to those packages uses them.
package libs

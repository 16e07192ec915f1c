// Package clients sends to the development agent with real clients: Datadog's
// tracers for Go and Node.js, OpenTelemetry's SDK, and our own runtime. Its
// tests prove that what they send is understood, and that none of them has
// anything to complain about.
package clients

//go:build go1.21 && !amd64 && !arm64

// Without an assembly file the compiler does not accept the functions without a body in link.go.

//go:build go1.21 && wasm

// Without an assembly file the compiler does not accept the functions without a body in link.go.

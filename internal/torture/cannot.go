package main

import "regexp"

// An exception is tests that can't pass traced, and why: they look at what a
// program is made of, which tracing changes, rather than at what it does.
type exception struct {
	tests  *regexp.Regexp // of package and test
	reason string
}

var exceptions = []exception{
	{regexp.MustCompile(`^[^. ]+ Test\w*Alloc`), allocations}, // of the standard library: they are named for it
	{regexp.MustCompile(`^(encoding/asn1 TestParsingMemoryConsumption|log TestDiscard|math/big TestMulUnbalanced|mime TestLookupMallocs|net/textproto TestCommonHeaders)$`), allocations},
	{regexp.MustCompile(`^net/http/cgi TestHandlerStderr$`), "it compares all that a program writes to stderr that it starts without environment: the tracer says there that no agent answers"},
	{regexp.MustCompile(`^testing TestMorePanic$`), "it compares what Go prints of a panic: one that has left a span was recovered and raised again"},
	{regexp.MustCompile(`^testing TestTBHelper$`), "it looks at the stack of a panic: where that has left a span, there is a frame of the tracer's"},
	{regexp.MustCompile(`^net/http TestInterruptWithPanic(/hN(/nil)?)?$`), "it sets GODEBUG=panicnil while the program runs, and the tracer asks for that once"},
	{regexp.MustCompile(`^net/http TestTransportPersistConnContextLeakMaxConnsPerHost`),
		"it waits for a context to be collected: a goroutine keeps the span that was active where it was started, and that its context"},
	{regexp.MustCompile(`^net/http Test(ClientCopyHeadersOnRedirect|RetryRequestsOnError|TransportFlushesBodyChunks)\b`),
		"it compares all that is sent: the headers that hand on a trace are among it (with DD_TRACE_PROPAGATION_STYLE=none it passes)"},
	{regexp.MustCompile(`^github.com/spf13/cobra Test(ExecuteContextC?|HelpFuncExecuted)$`),
		"it compares a context with the one that a traced function hands on, which has a span in it"},
}

const allocations = "it counts allocations, and a span is one"

// tooMany matches the tests that are left out, plain and traced: they make a
// hundred million calls and more, and each is a span. Those of crypto go through
// all elements of a field, or through millions of random inputs.
const tooMany = "^Test(UnmarshalNestingLimit|EntropySamples$|CSHAKEAccumulated$|MLDSA(Accumulated|Allocations)$|" +
	"ToFromMontgomery$|Field[A-Z]|CenteredMod$|InfinityNorm$|Power2Round$|Decompose$)"

// cannot says why a test can't pass traced, or "".
func cannot(test string) string {
	for _, e := range exceptions {
		if e.tests.MatchString(test) {
			return e.reason
		}
	}
	return ""
}

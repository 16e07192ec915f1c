GO ?= go

.PHONY: test lint bench torture demo

test: ## all tests
	$(GO) test -timeout 30m ./...

lint: ## gofmt, go vet, staticcheck
	@bad=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$bad" ]; then echo "not gofmt-formatted:"; echo "$$bad"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

bench: ## what tracing costs a build, and a span; ratios, side by side
	$(GO) run ./internal/bench
	$(GO) test -run '^$$' -bench . -benchmem ./runtime/...

torture: ## long runs: modules that are not ours with every function traced, race detector, fuzzing
	$(GO) run ./internal/torture
	$(GO) test -race ./...
	$(GO) test -run '^$$' -fuzz FuzzParse -fuzztime 60s ./directives
	$(GO) test -run '^$$' -fuzz FuzzFind -fuzztime 60s ./directives
	$(GO) test -run '^$$' -fuzz FuzzRules -fuzztime 60s ./directives
	$(GO) test -run '^$$' -fuzz FuzzDecode -fuzztime 60s ./agent
	$(GO) test -run '^$$' -fuzz FuzzResponse -fuzztime 60s ./runtime/internal/transport

demo: ## the sandwich shop, with an order sent to it
	$(GO) run ./cmd/ddinstrument run ./examples/sandwich -demo

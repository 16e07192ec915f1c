GO ?= go

.PHONY: test lint bench torture agents clients libs libs-short ui-test screenshots demo

test: ## all tests
	$(GO) test -timeout 30m ./...

lint: ## gofmt, go vet, staticcheck
	@bad=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$bad" ]; then echo "not gofmt-formatted:"; echo "$$bad"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

bench: ## what tracing costs a build, and a span, a request and a query beside other tracers'; ratios, side by side
	$(GO) run ./internal/bench
	$(GO) run ./internal/bench -libs -runs 1
	$(GO) test -run '^$$' -bench . -benchmem ./runtime/...
	cd test/bench && $(GO) vet ./... && $(GO) run .

torture: ## long runs: code that is not ours with every function traced, in the build and in place, 10,000 generated programs, race detector, fuzzing
	$(GO) test ./internal/progen -run TestPrograms -count=1 -timeout 3h -v -programs 10000 -shrink 3
	$(GO) run ./internal/roundtrip std
	$(GO) run ./internal/roundtrip -statements std
	$(GO) run ./internal/roundtrip -crlf std
	$(GO) run ./internal/roundtrip -untidy std
	$(GO) run ./internal/roundtrip modules
	$(GO) run ./internal/roundtrip -statements -bom modules
	$(GO) run ./internal/torture
	$(GO) test -race ./...
	$(MAKE) agents
	$(MAKE) libs
	@for target in ./directives:FuzzParse ./directives:FuzzFind ./directives:FuzzRules ./rewriter:FuzzPlan ./rewriter:FuzzInPlace ./rewriter:FuzzStrip ./agent:FuzzDecode ./agent/term:FuzzReadKeys ./agent:FuzzForms ./agent:FuzzOpen ./runtime/tracetest:FuzzDecode ./runtime/internal/msgpack:FuzzRead ./runtime/internal/transport:FuzzResponse ./runtime/internal/propagation:FuzzExtract \
		./runtime/internal/json:FuzzParse ./runtime/internal/sampling:FuzzGlob ./runtime/internal/sampling:FuzzRules ./runtime/internal/filter:FuzzFilter ./runtime/internal/otlp:FuzzAppend ./runtime/internal/chunk:FuzzRead ./runtime/internal/v04:FuzzAppend ./runtime/internal/v1:FuzzAppend ./runtime/internal/stats:FuzzPeers ./runtime/tracer:FuzzCounted; do \
		$(GO) test -run '^$$' -fuzz "^$${target#*:}$$" -fuzztime 60s $${target%:*} || exit 1; done

agents: ## what the runtime sends, through Datadog's own trace-agent and OpenTelemetry's collector: modules of their own, some minutes to build
	cd test/agents && $(GO) vet ./... && $(GO) test -count=1 ./...
	cd test/otlp && $(GO) vet ./... && $(GO) test -count=1 ./...

clients: ## what Datadog's tracers for Go and Node.js, OpenTelemetry's SDK and the runtime send, to the development agent: a module of its own
	cd test/clients && $(GO) vet ./... && $(GO) test -count=1 ./...

libs: ## programs that use libraries which are traced by themselves, beside real servers: modules of their own, many minutes to build
	@for dir in test/libs/*/; do echo "$$dir"; (cd $$dir && $(GO) vet ./... && $(GO) test -count=1 -timeout 30m ./...) || exit 1; done

libs-short: ## the same with the newest versions of the libraries only
	@for dir in http logs rpc sql stores tree; do echo "$$dir"; (cd test/libs/$$dir && $(GO) test -short -count=1 -timeout 20m ./...) || exit 1; done

ui-test: ## the pages of the development agent in a real browser: Chromium, or what CHROMIUM names; a module of its own
	cd test/ui && $(GO) vet ./... && $(GO) test -count=1 -v ./...

screenshots: ## pictures of those pages, into docs/screenshots
	cd test/ui && $(GO) test -count=1 -run TestScreenshots . -screenshots $(CURDIR)/docs/screenshots

demo: ## the sandwich shop, with an order sent to it
	$(GO) run ./cmd/ddinstrument run ./examples/sandwich -demo

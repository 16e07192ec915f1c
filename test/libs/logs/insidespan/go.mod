module github.com/ddinstrument/ddinstrument/test/libs/logs/insidespan

go 1.26.0

require (
	github.com/ddinstrument/ddinstrument v0.0.0-00010101000000-000000000000
	go.uber.org/zap v1.28.0
	go.uber.org/zap/exp v0.3.0
)

require go.uber.org/multierr v1.10.0 // indirect

replace github.com/ddinstrument/ddinstrument => ../../../..

module github.com/ddinstrument/ddinstrument/test/libs/logs

go 1.26.0

replace github.com/ddinstrument/ddinstrument => ../../..

require (
	github.com/ddinstrument/ddinstrument v0.0.0-00010101000000-000000000000
	github.com/panjf2000/ants/v2 v2.4.2
	github.com/rs/zerolog v1.26.1
	github.com/sirupsen/logrus v1.8.1
	go.uber.org/zap v1.18.1
	golang.org/x/sync v0.24.0
)

require (
	github.com/DataDog/sketches-go v1.4.8 // indirect
	github.com/clipperhouse/uax29/v2 v2.2.0 // indirect
	github.com/mattn/go-runewidth v0.0.31 // indirect
	github.com/philhofer/fwd v1.2.0 // indirect
	github.com/tinylib/msgp v1.6.5 // indirect
	go.uber.org/atomic v1.7.0 // indirect
	go.uber.org/multierr v1.10.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)

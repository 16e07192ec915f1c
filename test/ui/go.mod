module github.com/ddinstrument/ddinstrument/test/ui

go 1.26.0

require (
	github.com/chromedp/cdproto v0.159.0
	github.com/chromedp/chromedp v0.23.0
	github.com/ddinstrument/ddinstrument v0.0.0
	github.com/tinylib/msgp v1.6.5
)

require (
	github.com/DataDog/sketches-go v1.4.8 // indirect
	github.com/clipperhouse/uax29/v2 v2.2.0 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/mattn/go-runewidth v0.0.31 // indirect
	github.com/philhofer/fwd v1.2.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)

replace github.com/ddinstrument/ddinstrument => ../..

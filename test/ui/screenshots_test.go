package ui

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "the folder to write pictures for the README into")

// TestScreenshots writes pictures of each page.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("no -screenshots")
	}
	if err := os.MkdirAll(*screenshots, 0o755); err != nil {
		t.Fatal(err)
	}
	b := open(t)
	now := time.Now()
	traffic(t, b.agent.URL(), now)
	ok, failed := checkout(1, now.Add(-2*time.Second), false), checkout(2, now.Add(-time.Second), true)
	send(t, b.agent.URL(), ok, failed)
	send(t, b.agent.URL(), large(3, now.Add(-61*time.Second), 10_000))
	// The last of the failed one's spans is the payment that was declined.
	for _, shot := range []struct {
		name, hash, ready string
		wide, high        int64
		dark              bool
	}{
		{"traces", "#/traces", `tbody tr`, 1280, 720, false},
		{"flame-dark", "#/trace/" + failed.hex() + "?view=flame&span=" + failed.lastID(), `.failure`, 1280, 720, true},
		{"waterfall", "#/trace/" + failed.hex() + "?view=waterfall&span=" + failed.lastID(), `.failure`, 1280, 720, false},
		{"large-dark", "#/trace/" + (&builder{id: 3}).hex() + "?view=flame", `canvas`, 1280, 720, true},
		{"services", "#/services", `tbody tr`, 1280, 460, false},
		{"map-dark", "#/map", `svg a`, 1280, 620, true},
		{"narrow-traces", "#/traces", `tbody tr`, 360, 720, false},
		{"narrow-trace-dark", "#/trace/" + ok.hex() + "?view=waterfall", `.row`, 360, 720, true},
	} {
		scheme := map[bool]string{false: "light", true: "dark"}[shot.dark]
		b.run(chromedp.EmulateViewport(shot.wide, shot.high))
		b.prefer(scheme)
		b.visit(shot.hash)
		b.until("document.querySelector(" + quote(shot.ready) + ")")
		time.Sleep(400 * time.Millisecond)
		png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if len(png) > 200_000 {
			t.Errorf("%s has %d bytes", shot.name, len(png))
		}
		if err := os.WriteFile(filepath.Join(*screenshots, shot.name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

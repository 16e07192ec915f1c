// Package ui drives the pages of the development agent in a real browser: a
// module of its own, so that ddinstrument needs none of what drives it.
package ui

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/ddinstrument/ddinstrument/agent"
	"github.com/ddinstrument/ddinstrument/agent/ui"
)

// browser is the one that all tests use, each in a tab of its own.
var browser context.Context

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	path := find()
	if path == "" {
		fmt.Println("no browser here: install Chromium (Debian: apt-get install chromium), or say where one is in CHROMIUM")
		return 1
	}
	profile, err := os.MkdirTemp("", "ui-test")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(profile)
	flags := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.WindowSize(1280, 800)}
	for _, f := range []string{"headless", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
		"disable-component-update", "disable-sync", "no-default-browser-check", "hide-scrollbars"} {
		flags = append(flags, chromedp.Flag(f, true))
	}
	if os.Geteuid() == 0 {
		flags = append(flags, chromedp.NoSandbox)
	}
	all, stop := chromedp.NewExecAllocator(context.Background(), flags...)
	defer stop()
	var cancel context.CancelFunc
	browser, cancel = chromedp.NewContext(all)
	defer cancel()
	if err := chromedp.Do(browser); err != nil {
		fmt.Println("the browser does not start:", err)
		return 1
	}
	return m.Run()
}

func find() string {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	return ""
}

// tab is an agent with its pages, and a tab that shows them.
type tab struct {
	testing.TB
	ctx   context.Context
	agent *agent.Server
	url   string

	mu       sync.Mutex
	problems []string
}

func open(t testing.TB) *tab {
	t.Helper()
	a, err := agent.Start(agent.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := ui.New(a.Store(), ui.Info{Version: "test", Listen: []string{"http://127.0.0.1:8126"}})
	server := httptest.NewServer(h)
	ctx, cancel := chromedp.NewContext(browser)
	ctx, stop := context.WithTimeout(ctx, 90*time.Second)
	b := &tab{TB: t, ctx: ctx, agent: a, url: server.URL}
	t.Cleanup(func() {
		stop()
		cancel()
		_ = h.Close()
		server.Close()
		_ = a.Close()
		// No page may break a rule of its policy or leave an exception.
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, p := range b.problems {
			t.Error("the browser says:", p)
		}
	})
	b.run(chromedp.EmulateViewport(1280, 800))
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *tab) listen(event any) {
	text := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			text = e.Entry.Text + " " + e.Entry.URL
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			text = fmt.Sprint("console.error of ", len(e.Args))
		}
	}
	if text == "" {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, text)
}

func (b *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// eval computes an expression in the page.
func eval[T any](b *tab, js string) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%s: %v", js, err)
	}
	return v
}

// visit opens a page: "#/traces?service=shop".
func (b *tab) visit(hash string) {
	b.Helper()
	b.run(chromedp.Navigate("about:blank"), chromedp.Navigate(b.url+"/"+hash))
}

// until waits until an expression is true.
func (b *tab) until(js string) {
	b.Helper()
	end := time.Now().Add(15 * time.Second)
	for {
		if eval[bool](b, "(() => { try { return !!("+js+") } catch { return false } })()") {
			return
		}
		if time.Now().After(end) {
			text := eval[string](b, "location.href + '\\n' + document.body.innerText")
			b.Fatalf("not so within 15 s: %s\nthe page is %.1500s", js, text)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// keys presses keys, one after the other.
func (b *tab) keys(keys ...string) {
	b.Helper()
	for _, k := range keys {
		b.run(chromedp.KeyEvent(k))
	}
}

// text is what can be read in the first element of a selector.
func (b *tab) text(selector string) string {
	b.Helper()
	return eval[string](b, "document.querySelector("+quote(selector)+")?.innerText ?? ''")
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// prefer sets what the system prefers: light or dark.
func (b *tab) prefer(scheme string) {
	b.Helper()
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		b.Fatal(err)
	}
}

// do runs a script in the page.
func (b *tab) do(js string) {
	b.Helper()
	eval[chromedp.Void](b, js)
}

// forgive takes what the browser said back that a test provoked.
func (b *tab) forgive(part string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = slices.DeleteFunc(b.problems, func(p string) bool { return strings.Contains(p, part) })
}

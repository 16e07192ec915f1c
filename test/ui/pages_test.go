package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const rows = `document.querySelectorAll('main tbody tr')`

// TestLive is the first page of a new agent, and the first trace coming in.
func TestLive(t *testing.T) {
	b := open(t)
	b.visit("")
	b.until(`document.querySelector('main').innerText.includes('DD_TRACE_AGENT_URL=http://127.0.0.1:8126')`)
	b.until(`document.querySelector('#live').innerText === 'live'`)
	began := time.Now()
	send(t, b.agent.URL(), checkout(1, time.Now(), false))
	b.until(rows + `.length === 1`)
	t.Logf("the first trace is seen after %v", time.Since(began).Round(time.Millisecond))
	send(t, b.agent.URL(), checkout(2, time.Now(), true))
	b.until(rows + `.length === 2 && ` + rows + `[0].innerText.includes('✗')`)
	// What comes later for a trace changes its row.
	more := newTrace(1, time.Now())
	more.last += 50
	more.span(100_001, "late", "", "late.work", "late", 1, 2, nil)
	send(t, b.agent.URL(), more)
	b.until(`[...` + rows + `].some((r) => r.innerText.includes('\t23\t'))`)
	// Nothing moves under one who reads: a chosen row holds what is new.
	b.keys("j", "j")
	send(t, b.agent.URL(), checkout(3, time.Now(), false))
	b.until(`document.querySelector('.fresh').innerText === '↑ 1 new trace' && !document.querySelector('.fresh').hidden`)
	b.until(rows + `.length === 2`)
	b.keys(kb.Escape)
	b.until(rows + `.length === 3 && document.querySelector('.fresh').hidden`)
	// Held by hand, too.
	b.keys("l")
	send(t, b.agent.URL(), checkout(4, time.Now(), false))
	b.until(`!document.querySelector('.fresh').hidden`)
	b.keys("l")
	b.until(rows + `.length === 4`)
}

func TestFilter(t *testing.T) {
	b := open(t)
	traffic(t, b.agent.URL(), time.Now())
	b.visit("")
	b.until(rows + `.length === 60`)
	write := func(text string) {
		b.keys("/")
		b.do(`document.activeElement.value = ''`) // the driver's / arrives as text as well
		b.run(chromedp.KeyEvent(text), chromedp.KeyEvent(kb.Enter))
	}
	for _, test := range []struct{ text, url, first string }{
		{"resource:checkout error", "#/traces?resource=checkout&error=1", "POST /api/checkout"},
		{"service:search error", "#/traces?service=search&error=1", "GET /search"},
		{"@http.status_code:402", "#/traces?tag=http.status_code%3A402", "POST /api/checkout"},
		{`resource:"POST /api" min:100ms`, "#/traces?resource=POST+%2Fapi&min=100ms", "POST /api/checkout"},
		{"name:kafka.consume", "#/traces?name=kafka.consume", "POST /api/checkout"},
		{"insufficient funds", "#/traces?q=insufficient+funds", "POST /api/checkout"},
	} {
		write(test.text)
		b.until(`location.hash === ` + quote(test.url))
		b.until(rows + `.length > 0 && [...` + rows + `].every((r) => r.innerText.includes(` + quote(test.first) + `))`)
		// The URL alone gives the same, the box too.
		b.visit(test.url)
		b.until(rows + `.length > 0 && [...` + rows + `].every((r) => r.innerText.includes(` + quote(test.first) + `))`)
		b.until(`document.querySelector('#filter').value === ` + quote(test.text))
	}
	b.visit("#/traces?service=shop&error=1&min=1s")
	b.until(`document.querySelector('main').innerText.includes('No trace that is kept fits')`)
	b.visit("#/traces?min=soon")
	b.until(`document.querySelector('main').innerText.includes('want a duration')`)
	b.forgive("400")
	// By mouse.
	b.visit("")
	b.until(`[...document.querySelector('select').options].some((o) => o.value === 'mailer')`)
	b.do(`(() => { const s = document.querySelector('select'); s.value = 'mailer'; s.dispatchEvent(new Event('change')); })()`)
	b.until(`location.hash === '#/traces?service=mailer'`)
	b.until(rows + `.length > 0`)
	b.keys("e")
	b.until(`location.hash === '#/traces?service=mailer&error=1'`)
}

func TestTrace(t *testing.T) {
	b := open(t)
	failed := checkout(1, time.Now(), true)
	send(t, b.agent.URL(), failed)
	b.visit("")
	b.until(rows + `.length === 1`)
	b.keys("j", kb.Enter)
	b.until(`location.hash.startsWith('#/trace/` + failed.hex() + `') && document.querySelector('canvas')`)
	b.until(`document.title === 'POST /api/checkout · ddinstrument'`)
	// Errors, one after the other, and around.
	for i, want := range []string{"POST /api/checkout", "POST /checkout", "checkout.Service.pay", "POST /v1/charges", "POST /api/checkout"} {
		b.keys("n")
		b.until(`document.querySelector('.side h2')?.innerText === ` + quote(want))
		b.until(`document.querySelector('.bar [role=status]').innerText === 'error ` + fmt.Sprint(i%4+1) + ` of 4'`)
	}
	b.keys("p")
	b.until(`document.querySelector('.side h2')?.innerText === 'POST /v1/charges'`)
	b.until(`document.querySelector('#said').innerText.startsWith('Failed: POST /v1/charges, payment, 66.0ms')`)
	side := b.text(".side")
	for _, want := range []string{declined, "*payment.DeclinedError", "/src/shop/payment/client.go:118", "dd.trace_id=" + failed.hex() + " dd.span_id=" + failed.lastID(),
		"peer.service", "payments.example", "checkout.Service.pay"} {
		if !strings.Contains(side, want) {
			t.Errorf("the details lack %q:\n%s", want, side)
		}
	}
	if top := b.text(".frame.innermost"); !strings.Contains(top, "client.go:118") {
		t.Errorf("the innermost frame is %q", top)
	}
	// The URL tells what is seen: handed on, it shows the same.
	url := eval[string](b, "location.hash")
	b.visit(url)
	b.until(`document.querySelector('.side h2')?.innerText === 'POST /v1/charges'`)
	// The same as a tree.
	b.keys("v")
	b.until(`document.querySelector('[role=treegrid] [role=row][aria-selected=true]')?.innerText.includes('POST /v1/charges')`)
	b.until(`document.querySelector('[role=treegrid]').getAttribute('aria-activedescendant') === document.querySelector('.row.on').id`)
	b.until(`document.querySelector('.row.on').getAttribute('aria-level') === '4'`)
	b.keys("k")
	b.until(`document.querySelector('.row.on').innerText.includes('checkout.Service.pay')`)
	b.keys("h") // closes it
	b.until(`document.querySelector('.row.on').getAttribute('aria-expanded') === 'false'`)
	b.until(`document.querySelector('[role=treegrid]').getAttribute('aria-rowcount') === '16'`)
	b.keys("l", "l") // opens it, and goes in
	b.until(`document.querySelector('.row.on').innerText.includes('POST /v1/charges')`)
	// The critical path is the payment, not the quick quotes.
	b.until(`document.querySelector('.row.on .path')`)
	b.until(`![...document.querySelectorAll('.row')].find((r) => r.innerText.includes('GET /tax')).querySelector('.path')`)
	b.keys("c")
	b.until(`!document.querySelector('.row .path')`)
	// Zoom, search, and out again step by step.
	b.keys("z")
	b.until(`document.querySelector('.bar').innerText.includes('Whole trace')`)
	b.keys("/")
	b.do(`document.activeElement.value = ''`)
	b.run(chromedp.KeyEvent("session-cache"))
	b.until(`document.querySelector('.bar [role=status]').innerText.startsWith('2 found')`)
	b.keys(kb.Enter)
	b.until(`document.querySelector('.side h2').innerText === 'GET session:u-2816'`)
	b.keys(kb.Escape, kb.Escape)
	b.until(`document.querySelector('.side').hidden`)
	b.keys(kb.Escape, kb.Escape)
	b.until(`location.hash.startsWith('#/traces') || location.hash === ''`)
	// A click on a span of the flame graph.
	b.visit("#/trace/" + failed.hex() + "?view=flame")
	b.until(`document.querySelector('canvas')`)
	b.run(chromedp.MouseClickXY(600, 40+120+24+10))
	b.until(`document.querySelector('.side h2')?.innerText === 'POST /api/checkout'`)
	b.keys(kb.ArrowDown)
	b.until(`document.querySelector('.side h2')?.innerText === '/auth.v1.Auth/Verify'`)
	b.keys(kb.ArrowRight)
	b.until(`document.querySelector('.side h2')?.innerText === 'POST /checkout'`)
	// One that is not there.
	b.visit("#/trace/" + strings.Repeat("0", 31) + "9")
	b.until(`document.querySelector('main').innerText.includes('no trace of this id')`)
	b.forgive("404")
}

// TestGrows adds spans to a trace that is being looked at.
func TestGrows(t *testing.T) {
	b := open(t)
	one := checkout(1, time.Now(), false)
	send(t, b.agent.URL(), one)
	b.visit("#/trace/" + one.hex() + "?view=waterfall&span=" + one.lastID())
	b.until(`document.querySelector('.meta')?.innerText.includes('22 spans')`)
	more := newTrace(1, time.Now())
	more.last += 50
	more.span(100_001, "late", "", "late.work", "late", 1, 2, nil)
	send(t, b.agent.URL(), more)
	b.until(`document.querySelector('.meta').innerText.includes('23 spans')`)
	b.until(`document.querySelector('.side h2').innerText === 'smtp.send'`)
}

func TestServicesAndMap(t *testing.T) {
	b := open(t)
	traffic(t, b.agent.URL(), time.Now())
	b.visit("#/services")
	b.until(`[...` + rows + `].some((r) => /^shop web\t/.test(r.innerText))`)
	b.do(`document.querySelectorAll('thead button')[0].click()`)
	b.until(`document.querySelector('th[aria-sort]').innerText.startsWith('Service')`)
	b.keys("j")
	b.until(`document.activeElement.innerText === 'auth'`)
	b.keys("j", "j", kb.Enter)
	b.until(`location.hash === '#/services/payment' && ` + rows + `[0]?.innerText.startsWith('POST /v1/charges')`)
	b.do(rows + `[0].querySelector('a').click()`)
	b.until(`location.hash === '#/traces?service=payment&name=http.request&resource=POST+%2Fv1%2Fcharges'`)
	b.until(rows + `.length > 0`)
	b.keys("3")
	b.until(`[...document.querySelectorAll('svg a')].map((a) => a.querySelector('.name').textContent).includes('mailer')`)
	b.until(`[...document.querySelectorAll('.edge title')].some((e) => e.textContent.startsWith('shop → payment: '))`)
	b.until(`document.querySelector('.calls tbody').textContent.includes('web-gatewayshop')`)
	b.keys("j")
	b.until(`document.activeElement.closest('svg')`)
}

func TestHelpAndTheme(t *testing.T) {
	b := open(t)
	send(t, b.agent.URL(), checkout(1, time.Now(), true))
	background := `getComputedStyle(document.body).backgroundColor`
	b.prefer("light")
	b.visit("")
	b.until(background + ` === 'rgb(255, 255, 255)'`)
	b.prefer("dark")
	b.until(background + ` === 'rgb(20, 22, 27)'`)
	b.keys("t") // light, whatever the system says
	b.until(background + ` === 'rgb(255, 255, 255)'`)
	b.visit("#/services") // remembered
	b.until(background + ` === 'rgb(255, 255, 255)'`)
	b.keys("t")
	b.until(background + ` === 'rgb(20, 22, 27)'`)
	b.keys("t", "?")
	b.until(`document.querySelector('dialog[open]')?.innerText.includes('Critical path')`)
	b.keys(kb.Escape)
	b.until(`!document.querySelector('dialog')`)
}

// TestNarrow: at 360 pixels nothing is wider than the window.
func TestNarrow(t *testing.T) {
	b := open(t)
	traffic(t, b.agent.URL(), time.Now())
	one := checkout(1, time.Now(), true)
	send(t, b.agent.URL(), one)
	b.run(chromedp.EmulateViewport(360, 640))
	for _, page := range []string{"#/traces", "#/services", "#/services/shop", "#/map", "#/trace/" + one.hex() + "?view=flame&span=" + one.lastID(),
		"#/trace/" + one.hex() + "?view=waterfall&span=" + one.lastID()} {
		b.visit(page)
		b.until(`document.querySelector('main tbody tr, main svg a, canvas, .row')`)
		b.until(`document.documentElement.scrollWidth <= 360 && document.querySelector('main').scrollWidth <= 360`)
	}
	b.until(`document.querySelector('.stage').offsetHeight >= 100 && document.querySelector('.side').offsetHeight >= 100`)
}

// TestFilterText: what the box shows of a filter is read as that filter again.
func TestFilterText(t *testing.T) {
	b := open(t)
	b.visit("")
	b.until(`document.querySelector('#filter')`)
	bad := eval[string](b, `(async () => {
		const f = await import('/filter.js'), bad = [];
		const hard = ['x', 'two words', 'a"quote', 'back\\slash', 'both \\" of', 'col:on', 'error', 'error:1', '@at', 'service:x', 'min:3', '水 é', '100%', '"', '\\', 'an error', 'some @at', 'a key:value', 'errors', ' lead', "it's"];
		for (const x of hard) for (const key of ['service', 'name', 'resource', 'q', 'tag', 'tagkey', 'tagonly']) {
			const p = new URLSearchParams(key === 'tag' ? {tag: f.tag('k', x)} : key === 'tagkey' ? {tag: f.tag(x, 'v w')} :
				key === 'tagonly' ? {tag: f.tag(x, '').slice(0, -1)} : {[key]: x.trim()});
			p.set('min', '10ms');
			const sorted = (q) => { q.sort(); return String(q); };
			if (sorted(f.parse(f.write(p))) !== sorted(p)) bad.push(key + ' ' + x + ': ' + f.write(p) + ' is read as ' + f.parse(f.write(p)));
		}
		return bad.join('\n');
	})()`)
	if bad != "" {
		t.Error(bad)
	}
}

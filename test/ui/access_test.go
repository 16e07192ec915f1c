package ui

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// contrast gives, for each of many services and for all texts in sight, how
// far they stand out from what is behind them, as WCAG 2.2 reckons it, and
// returns what is below a bound: 4.5 for text.
const contrast = `(() => {
	const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
	const rgb = (color, below) => {
		canvas.fillStyle = below ? 'rgb(' + below + ')' : '#fff';
		canvas.fillRect(0, 0, 1, 1);
		canvas.fillStyle = color;
		canvas.fillRect(0, 0, 1, 1);
		return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
	};
	const light = (c) => c.map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
	const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
	const behind = (e) => {
		const all = [];
		for (; e; e = e.parentElement) all.unshift(getComputedStyle(e).backgroundColor);
		return all.reduce((below, c) => rgb(c, below), undefined);
	};
	const low = [];
	for (const e of document.querySelectorAll('body *')) {
		if (e.closest('svg, .hidden, .skip, .toast, select') || !e.checkVisibility() || e.disabled) continue;
		if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
		const r = ratio(rgb(getComputedStyle(e).color, behind(e)), behind(e));
		if (r < 4.5) low.push(e.className + ' ' + e.textContent.slice(0, 30) + ' ' + r.toFixed(2));
	}
	return low.slice(0, 10).join('; ');
})()`

// fills checks what spans are filled with, in the canvas and in the map.
const fills = `(async () => {
	const colors = await import('/colors.js');
	const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
	const light = (color) => {
		canvas.fillStyle = color;
		canvas.fillRect(0, 0, 1, 1);
		return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((v) => v / 255)
			.map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
	};
	const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
	const low = [], p = colors.palette();
	for (let i = 0; i < 12; i++) {
		const s = 'service ' + i;
		if (ratio(p.text, colors.fill(s)) < 4.5) low.push('text on ' + colors.fill(s));
		if (ratio(colors.mark(s), p.bg) < 3) low.push(colors.mark(s) + ' on the page');
		if (ratio(p.error, p.bg) < 3 || ratio(p.path, p.bg) < 3) low.push('error or path');
	}
	return low.join('; ');
})()`

// TestAccess: all that can be used has a name, and all text can be read, in
// both themes.
func TestAccess(t *testing.T) {
	b := open(t)
	traffic(t, b.agent.URL(), time.Now())
	one := checkout(1, time.Now(), true)
	send(t, b.agent.URL(), one)
	named := map[string]bool{"button": true, "link": true, "textbox": true, "searchbox": true, "combobox": true, "row": true, "treegrid": true,
		"application": true, "dialog": true, "navigation": true, "complementary": true, "toolbar": true}
	for _, scheme := range []string{"light", "dark"} {
		b.prefer(scheme)
		for _, page := range []string{"#/traces", "#/traces?service=none", "#/services", "#/services/shop", "#/map",
			"#/trace/" + one.hex() + "?view=flame&span=" + one.lastID(), "#/trace/" + one.hex() + "?view=waterfall&span=" + one.lastID()} {
			b.visit(page)
			b.until(`document.querySelector('main tbody tr, main svg a, canvas, .row, .empty a')`)
			b.keys("?")
			b.until(`document.querySelector('dialog')`)
			if low := eval[string](b, contrast); low != "" {
				t.Errorf("%s, %s: too little contrast: %s", page, scheme, low)
			}
			b.keys("?")
			b.until(`!document.querySelector('dialog')`)
			tree, err := chromedp.Call(b.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
			if err != nil {
				t.Fatal(err)
			}
			seen := 0
			for _, n := range tree.Nodes {
				if n.Ignored || n.Role == nil || !named[text(n.Role)] {
					continue
				}
				seen++
				// A row is named by its cells.
				if role := text(n.Role); text(n.Name) == "" && role != "row" {
					t.Errorf("%s: a %s has no name", page, role)
				}
			}
			if seen < 8 {
				t.Errorf("%s: only %d things that can be used", page, seen)
			}
		}
		b.do(`document.querySelector('main').append(Object.assign(document.createElement('p'), {textContent: 'faint', id: 'faint'}))`)
		b.do(`document.querySelector('#faint').style.color = '#888'`)
		if scheme == "light" && eval[string](b, contrast) == "" {
			t.Error("a faint text was not found")
		}
		if low := eval[string](b, fills); low != "" {
			t.Errorf("%s: %s", scheme, low)
		}
	}
}

func text(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	s := string(v.Value)
	if len(s) < 2 || s[0] != '"' {
		return s
	}
	return s[1 : len(s)-1]
}

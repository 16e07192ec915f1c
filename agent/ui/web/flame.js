// The flame graph: one canvas as large as what is seen of it, redrawn in
// a frame when anything changes. Of each row only the spans in sight are looked
// at, and what is narrower than a pixel is drawn once a pixel.

import {h, once} from './dom.js';
import {fill, mark, palette} from './colors.js';
import {duration, steps} from './format.js';
import {entersService, title} from './model.js';

const ROW = 22, BAR = 19, AXIS = 24;

// flame draws view.model into a new element. view has from, to (the time in
// sight), selected, critical, found (a Set or null), and select(), zoom(), hint().
export function flame(view) {
  const canvas = h('canvas', {'aria-hidden': 'true'});
  const spacer = h('div', {class: 'spacer'});
  const element = h('div', {class: 'flame', tabindex: '0', role: 'application', 'aria-roledescription': 'flame graph',
    'aria-label': 'Flame graph. Arrow keys move between spans; v shows the same as a tree.', 'aria-describedby': 'said'}, canvas, spacer);
  const tip = h('div', {class: 'tip', hidden: true, 'aria-hidden': 'true'});
  element.append(tip);
  let width = 1, height = 1, colors, hover = null, cache = new Map(), ctx;
  const draw = once(paint);

  function measure() {
    width = Math.max(element.clientWidth, 1);
    height = Math.max(element.clientHeight, 1);
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = width + 'px';
    canvas.style.height = height + 'px';
    spacer.style.height = Math.max(0, AXIS + view.model.rows.length * ROW + 8 - height) + 'px';
    ctx = canvas.getContext('2d');
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint();
  }

  const xOf = (t) => (t - view.from) / (view.to - view.from) * width;
  const color = (service) => {
    let c = cache.get(service);
    if (!c) cache.set(service, c = {fill: fill(service), mark: mark(service)});
    return c;
  };

  function paint() {
    if (!ctx) return;
    colors = palette();
    ctx.fillStyle = colors.bg;
    ctx.fillRect(0, 0, width, height);
    ctx.font = '12px ' + getComputedStyle(document.body).fontFamily;
    ctx.textBaseline = 'middle';
    const top = element.scrollTop, rows = view.model.rows;
    grid(false);
    for (let r = Math.max(0, Math.floor((top - ROW) / ROW)); r < rows.length; r++) {
      const y = AXIS + r * ROW - top;
      if (y > height) break;
      paintRow(rows[r], y);
    }
    grid(true);
  }

  function paintRow(row, y) {
    const scale = width / (view.to - view.from);
    let drawn = -1; // the last pixel that is taken
    for (let k = firstIn(row, view.from); k < row.length; k++) {
      const n = row[k];
      if (n.start > view.to) break;
      const x = (n.start - view.from) * scale, right = Math.max((n.end - view.from) * scale, x + 1);
      if (right < 0) continue;
      const a = Math.max(x, -2), w = Math.min(right, width + 2) - a;
      if (right <= drawn + 0.5 && !n.span.error && n !== view.selected) continue;
      drawn = Math.max(drawn, Math.ceil(right));
      paintSpan(n, a, y, Math.max(w - (w > 3 ? 1 : 0), 1));
    }
  }

  function paintSpan(n, x, y, w) {
    const c = color(n.span.service), on = n === view.selected;
    const veiled = view.found && !view.found.has(n);
    ctx.fillStyle = w < 3 ? c.mark : c.fill;
    ctx.fillRect(x, y, w, BAR);
    if (w >= 3) {
      ctx.fillStyle = c.mark;
      ctx.fillRect(x, y, entersService(n) && w > 6 ? 3 : 1, BAR);
    }
    if (n.span.error) {
      ctx.fillStyle = colors.error;
      ctx.fillRect(x, y, Math.max(w, 2), 3);
      if (w > 4) ctx.fillRect(x, y, 3, BAR);
    }
    if (w > 28) label(n, x, y, w);
    if (view.critical) for (const [a, b] of n.path) {
      ctx.fillStyle = colors.path;
      const p = Math.max(xOf(a), 0);
      ctx.fillRect(p, y + BAR - 3, Math.max(Math.min(xOf(b), width) - p, 1), 3);
    }
    if (veiled) {
      ctx.fillStyle = colors.veil;
      ctx.fillRect(x, y, w, BAR);
    }
    if (on || n === hover) {
      ctx.strokeStyle = colors.select;
      ctx.lineWidth = on ? 2 : 1;
      ctx.strokeRect(x + 0.5, y + 0.5, Math.max(w - 1, 2), BAR - 1);
    }
  }

  // label writes what fits, without measuring each text anew.
  function label(n, x, y, w) {
    const left = Math.max(x, 0) + 7, room = Math.min(x + w, width) - left - 4;
    if (room < 16) return;
    const name = (n.span.error ? '✗ ' : '') + (room > 90 && entersService(n) && n.span.service ? n.span.service + ' · ' : '') + title(n.span);
    ctx.fillStyle = colors.text;
    const time = duration(n.span.duration), timeWidth = time.length * 6.6 + 8;
    ctx.fillText(fit(name, room > 160 ? room - timeWidth : room), left, y + BAR / 2 + 0.5);
    if (room > 160) {
      ctx.textAlign = 'right';
      ctx.globalAlpha = 0.75;
      ctx.fillText(time, left + room, y + BAR / 2 + 0.5);
      ctx.globalAlpha = 1;
      ctx.textAlign = 'left';
    }
  }

  // fit cuts a text to a width: by an estimate first, then as it measures.
  function fit(text, room) {
    let s = text.slice(0, Math.ceil(room / 4));
    let w = ctx.measureText(s).width;
    if (w <= room && s.length === text.length) return s;
    while (s.length > 1 && w > room) {
      s = s.slice(0, Math.min(s.length - 1, Math.floor(s.length * room / w)));
      w = ctx.measureText(s + '…').width;
    }
    return s + '…';
  }

  function grid(axis) {
    if (axis) {
      ctx.fillStyle = colors.bg;
      ctx.fillRect(0, 0, width, AXIS - 2);
      ctx.fillStyle = colors.line;
      ctx.fillRect(0, AXIS - 3, width, 1);
    }
    for (const t of steps(view.from, view.to, width / 110)) {
      const x = Math.round(xOf(t));
      ctx.fillStyle = axis ? colors.dim : colors.line;
      if (!axis) ctx.fillRect(x, AXIS - 8, 1, height);
      else if (x < width - 40) ctx.fillText(duration(t), x + 4, AXIS / 2 - 1);
    }
  }

  // firstIn finds the first span of a row that may be in sight.
  function firstIn(row, t) {
    let a = 0, b = row.length;
    while (a < b) {
      const mid = (a + b) >> 1;
      if (row[mid].end < t) a = mid + 1; else b = mid;
    }
    return Math.max(a - 1, 0);
  }

  function at(e) {
    const box = canvas.getBoundingClientRect();
    const y = e.clientY - box.top, row = view.model.rows[Math.floor((y - AXIS + element.scrollTop) / ROW)];
    if (y < AXIS || !row) return null;
    const t = view.from + (e.clientX - box.left) / width * (view.to - view.from), pixel = 2 * (view.to - view.from) / width;
    let best = null;
    for (let k = firstIn(row, t - pixel); k < row.length && row[k].start <= t + pixel; k++) if (row[k].end >= t - pixel) best = row[k];
    return best;
  }

  function point(e) {
    const n = at(e);
    if (n !== hover) { hover = n; draw(); }
    tip.hidden = !n;
    if (!n) return;
    tip.replaceChildren(h('b', {}, (n.span.error ? '✗ ' : '') + title(n.span)), h('br'),
      n.span.service + ' · ' + n.span.name + ' · ' + duration(n.span.duration) + (n.children.length ? ' (own ' + duration(n.self) + ')' : ''));
    const box = element.getBoundingClientRect(), wide = tip.offsetWidth, tall = tip.offsetHeight;
    const y = e.clientY - box.top;
    tip.style.left = Math.max(4, Math.min(e.clientX - box.left + 12, width - wide - 4)) + 'px';
    tip.style.top = element.scrollTop + (y + tall + 24 < height ? y + 16 : y - tall - 10) + 'px';
  }

  // Dragging moves; a press without moving selects.
  let drag = null;
  element.addEventListener('pointerdown', (e) => {
    if (e.button === 0 && e.target === canvas) drag = {x: e.clientX, y: e.clientY, from: view.from, to: view.to, top: element.scrollTop, moved: false};
  });
  element.addEventListener('pointermove', (e) => {
    if (!drag) return point(e);
    const dx = e.clientX - drag.x;
    if (!drag.moved && Math.abs(dx) + Math.abs(e.clientY - drag.y) < 5) return;
    if (!drag.moved) { drag.moved = true; if (e.pointerType === 'mouse') canvas.setPointerCapture(e.pointerId); }
    tip.hidden = true;
    const dt = dx / width * (drag.to - drag.from);
    view.zoom(drag.from - dt, drag.to - dt);
    if (e.pointerType === 'mouse') element.scrollTop = drag.top - (e.clientY - drag.y);
  });
  element.addEventListener('pointerup', (e) => {
    if (drag && !drag.moved) { const n = at(e); if (n) view.select(n); }
    drag = null;
  });
  element.addEventListener('pointercancel', () => { drag = null; });
  element.addEventListener('pointerleave', () => { hover = null; tip.hidden = true; draw(); });
  element.addEventListener('dblclick', (e) => { const n = at(e); if (n) view.zoomTo(n); });
  element.addEventListener('wheel', (e) => {
    if (!e.ctrlKey && !e.metaKey && Math.abs(e.deltaX) <= Math.abs(e.deltaY)) return; // scrolls
    e.preventDefault();
    const box = canvas.getBoundingClientRect(), span = view.to - view.from;
    if (!e.ctrlKey && !e.metaKey) return view.zoom(view.from + e.deltaX / width * span, view.to + e.deltaX / width * span);
    const t = view.from + (e.clientX - box.left) / width * span, k = Math.exp(Math.max(-1, Math.min(1, e.deltaY / 200)));
    view.zoom(t - (t - view.from) * k, t + (view.to - t) * k);
  }, {passive: false});
  element.addEventListener('scroll', draw);
  const sizes = new ResizeObserver(measure);
  sizes.observe(element);

  return {
    element, draw,
    theme: () => { cache = new Map(); draw(); },
    changed: () => { cache = new Map(); measure(); },
    reveal(n) {
      const y = AXIS + n.row * ROW - element.scrollTop;
      if (y < AXIS || y + ROW > height) element.scrollTop = Math.max(0, n.row * ROW - height / 2);
      draw();
    },
    close: () => sizes.disconnect(),
  };
}

// The waterfall: the tree of spans with a bar each, as a tree grid. Only the
// rows in sight are elements; a screen reader is told how many there are.

import {h, once} from './dom.js';
import {fill, mark} from './colors.js';
import {duration, offset, steps} from './format.js';
import {title} from './model.js';

const ROW = 24, SPARE = 4;

// waterfall draws view.model into a new element; view is as for flame, and has
// collapsed, a Set of nodes.
export function waterfall(view) {
  const axis = h('div', {class: 'axis', 'aria-hidden': 'true'});
  const body = h('div', {class: 'rows', role: 'rowgroup'});
  const element = h('div', {class: 'waterfall', role: 'treegrid', tabindex: '0', 'aria-label': 'Spans', 'aria-colcount': '2'}, axis, body);
  let visible = [], at = new Map(), shown = new Map(), ruled = '';
  const draw = once(paint);

  // list makes the rows: all spans but those below closed ones.
  function list() {
    visible = [];
    let closed = Infinity;
    for (const n of view.model.order) {
      if (n.depth > closed) continue;
      closed = view.collapsed.has(n) ? n.depth : Infinity;
      visible.push(n);
    }
    at = new Map(visible.map((n, i) => [n, i]));
    element.setAttribute('aria-rowcount', visible.length);
    body.style.height = visible.length * ROW + 'px';
    renew();
  }

  // update draws what zooming, the critical path, searching and selecting change.
  function update() {
    ruler();
    for (const [i, e] of shown) {
      const n = visible[i];
      e.lastChild.replaceChildren(...bars(n));
      e.classList.toggle('veiled', !!view.found && !view.found.has(n));
      select(e, n === view.selected);
    }
    paint();
    current();
  }

  function select(e, on) {
    e.classList.toggle('on', on);
    e.setAttribute('aria-selected', String(on));
  }

  // renew draws all rows in sight anew.
  function renew() {
    body.replaceChildren();
    shown = new Map();
    ruled = '';
    ruler();
    paint();
  }

  function ruler() {
    const span = view.to - view.from, now = view.from + ' ' + view.to + ' ' + element.clientWidth;
    if (now === ruled) return;
    ruled = now;
    axis.replaceChildren(...steps(view.from, view.to, Math.max(2, element.clientWidth * 0.55 / 110)).map((t) =>
      h('span', {style: {left: 'calc(var(--names) + (100% - var(--names)) * ' + (t - view.from) / span + ')'}}, duration(t))));
  }

  function paint() {
    const first = Math.max(0, Math.floor(element.scrollTop / ROW) - SPARE);
    const last = Math.min(visible.length, Math.ceil((element.scrollTop + element.clientHeight) / ROW) + SPARE);
    for (const [i, e] of shown) if (i < first || i >= last) { e.remove(); shown.delete(i); }
    const added = [];
    for (let i = first; i < last; i++) {
      if (shown.has(i)) continue;
      const e = row(visible[i], i);
      shown.set(i, e);
      added.push(e);
    }
    body.append(...added);
  }

  function row(n, i) {
    const x = n.span, siblings = n.parent ? n.parent.children : view.model.roots, open = !view.collapsed.has(n);
    const on = n === view.selected;
    return h('div', {
      role: 'row', id: 'row-' + n.i, class: 'row' + (on ? ' on' : '') + (x.error ? ' failed' : '') + (view.found && !view.found.has(n) ? ' veiled' : ''),
      'aria-level': n.depth + 1, 'aria-rowindex': i + 1, 'aria-setsize': siblings.length, 'aria-posinset': n.position,
      'aria-expanded': n.children.length ? String(open) : null, 'aria-selected': String(on),
      style: {top: i * ROW + 'px'}, 'data-i': n.i,
    },
    h('div', {role: 'gridcell', class: 'name', style: {'padding-left': 4 + Math.min(n.depth, 40) * 12 + 'px'}},
      n.children.length ? h('span', {class: 'fold', 'aria-hidden': 'true'}, open ? '▾' : '▸') : h('span', {class: 'fold'}),
      h('i', {class: 'swatch', style: {background: mark(x.service)}}),
      x.error ? h('b', {class: 'error'}, '✗ ', h('span', {class: 'hidden'}, 'failed: ')) : null,
      h('span', {class: 'what'}, title(x)), !open && n.below ? h('span', {class: 'badge'}, '+' + n.below) : null,
      h('span', {class: 'dim svc'}, ' ' + x.service)),
    h('div', {role: 'gridcell', class: 'bars', 'aria-label': 'begins ' + offset(x.offset) + ', takes ' + duration(x.duration)}, bars(n)));
  }

  function bars(n) {
    const span = view.to - view.from, part = (t) => 100 * (Math.max(view.from, Math.min(view.to, t)) - view.from) / span;
    if (n.end < view.from || n.start > view.to) return [h('span', {class: 'away', 'aria-hidden': 'true'}, n.end < view.from ? '‹' : '›')];
    const a = part(n.start), b = part(n.end), out = [];
    out.push(h('i', {class: 'span' + (n.span.error ? ' failed' : ''), style: {left: a + '%', width: b - a + '%', background: fill(n.span.service), 'border-color': mark(n.span.service)}}));
    if (view.critical) for (const [p, q] of merged(n.path, span / 400)) {
      if (q >= view.from && p <= view.to) out.push(h('i', {class: 'path', style: {left: part(p) + '%', width: part(q) - part(p) + '%'}}));
    }
    out.push(h('span', {class: 'time' + (b > 70 ? a > 25 ? ' before' : ' within' : ''), 'aria-hidden': 'true',
      style: b > 70 && a > 25 ? {right: 100 - a + '%'} : {left: (b > 70 ? a : b) + '%'}}, duration(n.span.duration)));
    return out;
  }

  // merged joins pieces, latest first, that are too near to each other to be seen apart.
  function merged(path, gap) {
    const out = [];
    for (let k = path.length - 1; k >= 0; k--) {
      const [p, q] = path[k];
      if (out.length && p - out[out.length - 1][1] < gap) out[out.length - 1][1] = q;
      else out.push([p, q]);
    }
    return out;
  }

  element.addEventListener('click', (e) => {
    const r = e.target.closest('.row');
    if (!r) return;
    const n = view.model.nodes[r.dataset.i];
    if (e.target.closest('.fold') && n.children.length) return fold(n, !view.collapsed.has(n));
    view.select(n);
  });
  element.addEventListener('dblclick', (e) => {
    const r = e.target.closest('.row');
    if (r && !e.target.closest('.fold')) view.zoomTo(view.model.nodes[r.dataset.i]);
  });
  element.addEventListener('wheel', (e) => {
    if (!e.ctrlKey && !e.metaKey) {
      if (Math.abs(e.deltaX) <= Math.abs(e.deltaY)) return; // scrolls
      e.preventDefault();
      const by = e.deltaX / element.clientWidth * (view.to - view.from);
      return view.zoom(view.from + by, view.to + by);
    }
    e.preventDefault();
    const k = Math.exp(Math.max(-1, Math.min(1, e.deltaY / 200))), mid = (view.from + view.to) / 2, half = (view.to - view.from) / 2 * k;
    view.zoom(mid - half, mid + half);
  }, {passive: false});
  element.addEventListener('scroll', draw);
  const sizes = new ResizeObserver(once(update));
  sizes.observe(element);

  function fold(n, closed) {
    if (closed) view.collapsed.add(n); else view.collapsed.delete(n);
    list();
    current();
  }

  function current() {
    if (view.selected && at.has(view.selected)) element.setAttribute('aria-activedescendant', 'row-' + view.selected.i);
    else element.removeAttribute('aria-activedescendant');
  }

  return {
    element, draw: once(update), theme: renew, changed: list, fold,
    // next is the row so many below the selected one.
    next(by) {
      const i = view.selected ? at.get(view.selected) : undefined;
      return visible[i === undefined ? 0 : Math.max(0, Math.min(visible.length - 1, i + by))];
    },
    ends: (last) => visible[last ? visible.length - 1 : 0],
    reveal(n) {
      let closed = false;
      for (let p = n.parent; p; p = p.parent) closed = view.collapsed.delete(p) || closed;
      if (closed) list();
      const y = at.get(n) * ROW, top = element.scrollTop, room = element.clientHeight - axis.offsetHeight;
      if (y < top) element.scrollTop = y;
      else if (y + ROW > top + room) element.scrollTop = y + ROW - room + 4;
      paint();
      for (const [i, e] of shown) select(e, visible[i] === n);
      current();
    },
    close: () => sizes.disconnect(),
  };
}

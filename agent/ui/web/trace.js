// One trace: flame graph or waterfall, errors, critical path, search, details.

import {$, button, copyable, h, lately} from './dom.js';
import {get, listen} from './api.js';
import {mark, onTheme} from './colors.js';
import {count, duration, percent, plural, time} from './format.js';
import {build, matches, title} from './model.js';
import {detail} from './detail.js';
import {flame} from './flame.js';
import {waterfall} from './waterfall.js';
import {setTitle} from './app.js';

const SHOWS = {flame: ['Flame graph', flame], waterfall: ['Waterfall', waterfall]};

export function show(main, params, app, id) {
  const view = {model: null, from: 0, to: 1, selected: null, critical: params.get('path') !== '0', found: null, collapsed: new Set(), select, zoom, zoomTo};
  let kind = Object.hasOwn(SHOWS, params.get('view')) ? params.get('view') : stored() || 'flame';
  let graph = null, closed = false, stop = () => {};
  const said = h('div', {id: 'said', class: 'hidden', 'aria-live': 'polite'});
  const head = h('div', {class: 'thead'}), legend = h('ul', {class: 'legend', 'aria-label': 'Services'});
  const stage = h('div', {class: 'stage'}), side = h('aside', {class: 'side', 'aria-label': 'Span details', hidden: true});
  const search = h('input', {type: 'search', 'aria-label': 'Search in the trace', placeholder: 'Search in the trace', spellcheck: 'false', oninput: find,
    onkeydown: (e) => { if (e.key === 'Enter') { e.preventDefault(); step(foundList(), e.shiftKey ? -1 : 1); } }});
  const matched = h('span', {class: 'dim', role: 'status'});
  const toggles = Object.entries(SHOWS).map(([k, [label]]) => button(label, () => setKind(k), {'data-kind': k, title: 'v'}));
  const path = button('Critical path', togglePath, {class: 'toggle path', title: 'What the end of the root waited for (c)'});
  const errors = h('span', {class: 'errors'}), unzoom = button('Whole trace', () => zoom(0, view.model.end), {hidden: true, title: '0'});
  const zooms = h('span', {class: 'group'}, button('−', () => scale(2), {'aria-label': 'Zoom out', title: 'Zoom out (−)'}), button('+', () => scale(0.5), {'aria-label': 'Zoom in', title: 'Zoom in (+); also Ctrl and the wheel'}));
  const bar = h('div', {class: 'bar', role: 'toolbar', 'aria-label': 'View'}, h('span', {class: 'group'}, toggles), path, errors, zooms, unzoom, search, matched);
  main.replaceChildren(h('p', {class: 'empty'}, 'Loading …'));

  const load = async () => {
    let trace;
    try { trace = await get('traces/' + encodeURIComponent(id)); } catch (e) {
      if (!closed && !view.model) app.fail(e);
      return;
    }
    if (!closed) receive(trace);
  };
  const again = lately(500, load);
  const offTheme = onTheme(() => { if (graph) { graph.theme(); showLegend(); } });
  load();

  return {
    title: 'Trace',
    close: () => { closed = true; stop(); offTheme(); graph?.close(); },
    stay: (name, arg, p) => { // a link to a span of this trace
      if (name !== 'trace' || arg !== id || !view.model) return false;
      const n = view.model.byId.get(p.get('span'));
      if (n) select(n);
      return true;
    },
    search: () => { search.focus(); search.select(); },
    keys: {
      j: () => down(1), k: () => down(-1), ArrowDown: () => vertical(1), ArrowUp: () => vertical(-1),
      h: () => horizontal(-1), l: () => horizontal(1), ArrowLeft: () => horizontal(-1), ArrowRight: () => horizontal(1),
      PageDown: () => kind === 'waterfall' && down(20), PageUp: () => kind === 'waterfall' && down(-20),
      Home: () => kind === 'waterfall' && select(graph.ends(false)), End: () => kind === 'waterfall' && select(graph.ends(true)),
      n: () => step(view.model.errors, 1), e: () => step(view.model.errors, 1), p: () => step(view.model.errors, -1), N: () => step(view.model.errors, -1),
      v: () => setKind(kind === 'flame' ? 'waterfall' : 'flame'), c: togglePath, z: () => view.selected && zoomTo(view.selected),
      '+': () => scale(0.5), '=': () => scale(0.5), '-': () => scale(2), '[': () => pan(-0.25), ']': () => pan(0.25), 0: () => zoom(0, view.model.end),
      Enter: () => { if (view.selected) { openSide(); $('.dhead h2', side)?.focus(); } },
      Escape: escape,
    },
  };

  function receive(trace) {
    const first = !view.model, before = view.selected?.span.span_id, whole = first || view.from === 0 && view.to === view.model.end;
    const folded = [...view.collapsed].map((n) => n.span.span_id);
    view.model = build(trace);
    view.collapsed = new Set(folded.map((x) => view.model.byId.get(x)).filter(Boolean));
    if (whole) [view.from, view.to] = [0, view.model.end];
    view.selected = before ? view.model.byId.get(before) || null : null;
    if (first) {
      main.replaceChildren(head, bar, h('div', {class: 'split'}, stage, side), said);
      stop = listen({limit: 50}, {state: app.state, totals: app.totals, traces: (list) => {
        const t = list.traces.find((x) => x.trace_id === id);
        if (t && t.spans !== view.model.nodes.length) again();
      }});
    }
    showHead();
    path.setAttribute('aria-pressed', String(view.critical));
    if (first) setKind(kind); else graph.changed();
    if (search.value) find();
    const wanted = first && view.model.byId.get(params.get('span'));
    if (wanted) select(wanted); else if (view.selected) select(view.selected);
  }

  function showHead() {
    const m = view.model, r = m.root.span;
    setTitle(title(r));
    head.replaceChildren(
      h('a', {href: app.back, class: 'back'}, '‹ Traces'),
      h('h1', {}, m.root.span.error ? h('b', {class: 'error'}, '✗ ') : null, title(r), h('span', {class: 'dim'}, ' ' + r.service)),
      h('p', {class: 'dim meta'}, h('b', {class: 'strong'}, duration(m.end)), ' · ', plural(m.nodes.length, 'span'), ' · ', time(m.nodes[0].span.start), ' · ',
        h('span', {class: 'nowrap'}, 'trace ', copyable(id, 'trace id'))), legend);
    showLegend();
    errors.replaceChildren(...m.errors.length ? [h('span', {class: 'error'}, '✗ ' + plural(m.errors.length, 'error')),
      button('‹', () => step(m.errors, -1), {class: 'icon', 'aria-label': 'Previous error', title: 'Previous error (p)'}),
      button('›', () => step(m.errors, 1), {class: 'icon', 'aria-label': 'Next error', title: 'Next error (n, e)'})] : []);
  }

  function showLegend() {
    const m = view.model, sum = m.services.reduce((t, x) => t + x.time, 0);
    legend.replaceChildren(...m.services.slice(0, 12).map((x) => h('li', {title: 'Share of the time that spans do not hand on to children; ' + plural(x.spans, 'span') + (x.errors ? ', ' + plural(x.errors, 'error') : '')},
      h('i', {class: 'swatch', style: {background: mark(x.name)}}), x.name || '—', h('span', {class: 'dim'}, ' ' + percent(x.time, sum)))),
    m.services.length > 12 ? h('li', {class: 'dim'}, '+' + (m.services.length - 12)) : '');
  }

  function setKind(k) {
    kind = k;
    try { localStorage.setItem('view', k); } catch { /* private window */ }
    for (const b of toggles) b.setAttribute('aria-pressed', String(b.dataset.kind === k));
    const first = !graph;
    graph?.close();
    graph = SHOWS[k][1](view);
    stage.replaceChildren(graph.element);
    graph.changed();
    if (view.selected) graph.reveal(view.selected);
    if (!first) graph.element.focus({preventScroll: true});
    remember();
  }

  function select(n) {
    if (!n) return;
    view.selected = n;
    if (n.end < view.from || n.start > view.to) zoom(Math.min(view.from, n.start), Math.max(view.to, n.end));
    openSide();
    graph.reveal(n);
    // A screen reader follows the graph's own focus.
    if (document.activeElement === document.body) graph.element.focus({preventScroll: true});
    said.textContent = (n.span.error ? 'Failed: ' : '') + title(n.span) + ', ' + n.span.service + ', ' + duration(n.span.duration);
    remember();
  }

  function openSide() {
    side.hidden = false;
    const at = side.dataset.span === view.selected.span.span_id ? side.scrollTop : 0;
    side.replaceChildren(...detail(view.model, view.selected, select, closeSide).flat(2).filter(Boolean));
    $('.dhead h2', side).tabIndex = -1;
    side.dataset.span = view.selected.span.span_id;
    side.scrollTop = at;
  }

  function closeSide() {
    side.hidden = true;
    view.selected = null;
    graph.draw();
    graph.element.focus({preventScroll: true});
    remember();
  }

  // zoom shows the time from a to b, kept within the trace.
  function zoom(a, b) {
    const end = view.model.end, span = Math.max(Math.min(b - a, end), Math.min(end, 10));
    a = Math.max(0, Math.min(a, end - span));
    view.from = a;
    view.to = a + span;
    unzoom.hidden = span >= end;
    unzoom.textContent = 'Whole trace (' + duration(span) + ' shown)';
    graph.draw();
  }

  function zoomTo(n) {
    const pad = (n.end - n.start) * 0.03 + 1;
    zoom(n.start - pad, n.end + pad);
  }

  function scale(k) {
    const at = view.selected && view.selected.end > view.from && view.selected.start < view.to ? (view.selected.start + view.selected.end) / 2 : (view.from + view.to) / 2;
    zoom(at - (at - view.from) * k, at + (view.to - at) * k);
  }

  function pan(by) { zoom(view.from + by * (view.to - view.from), view.to + by * (view.to - view.from)); }

  function togglePath() {
    view.critical = !view.critical;
    path.setAttribute('aria-pressed', String(view.critical));
    graph.draw();
    remember();
  }

  // step selects the next or previous of a list of nodes in the tree's order.
  function step(list, by) {
    if (!list.length) return;
    const rank = rankOf(view.model), here = view.selected ? rank.get(view.selected) : by > 0 ? -1 : Infinity;
    const next = by > 0 ? list.find((n) => rank.get(n) > here) || list[0] : list.findLast((n) => rank.get(n) < here) || list[list.length - 1];
    select(next);
    matched.textContent = list === view.model.errors ? 'error ' + count(list.indexOf(next) + 1) + ' of ' + count(list.length) : matched.textContent;
  }

  function foundList() { return view.found ? view.model.order.filter((n) => view.found.has(n)) : []; }

  function find() {
    const words = search.value.trim().toLowerCase();
    view.found = words ? new Set(view.model.nodes.filter((n) => matches(n.span, words))) : null;
    matched.textContent = words ? count(view.found.size) + ' found' + (view.found.size ? ' · Enter: next' : '') : '';
    graph.draw();
  }

  function down(by) {
    if (kind === 'waterfall') return select(graph.next(by));
    const m = view.model, rank = rankOf(m);
    select(view.selected ? m.order[Math.max(0, Math.min(m.order.length - 1, rank.get(view.selected) + by))] : m.root);
  }

  // In the flame graph the arrows follow what is seen: up to the parent, down
  // into the first child, sideways to the neighbour in the row.
  function vertical(by) {
    if (kind === 'waterfall' || !view.selected) return down(by);
    select(by < 0 ? view.selected.parent : view.selected.children[0]);
  }

  function horizontal(by) {
    const n = view.selected;
    if (!n) return down(1);
    if (kind === 'flame') {
      const row = view.model.rows[n.row];
      return select(row[row.indexOf(n) + by]);
    }
    const open = n.children.length && !view.collapsed.has(n);
    if (by < 0 && open) graph.fold(n, true);
    else if (by < 0) select(n.parent);
    else if (open) select(n.children[0]);
    else if (n.children.length) graph.fold(n, false);
  }

  function escape() {
    if (document.activeElement === search || search.value) {
      search.value = '';
      find();
      graph.element.focus({preventScroll: true});
    } else if (!side.hidden) closeSide();
    else if (!unzoom.hidden) zoom(0, view.model.end);
    else location.hash = app.back;
  }

  // remember puts what is seen into the URL, so that it can be handed on.
  function remember() {
    const p = new URLSearchParams({view: kind});
    if (view.selected) p.set('span', view.selected.span.span_id);
    if (!view.critical) p.set('path', '0');
    history.replaceState(null, '', '#/trace/' + id + '?' + p);
  }
}

const ranks = new WeakMap();

function rankOf(m) {
  if (!ranks.has(m)) ranks.set(m, new Map(m.order.map((n, i) => [n, i])));
  return ranks.get(m);
}

function stored() {
  try { const k = localStorage.getItem('view'); return Object.hasOwn(SHOWS, k) ? k : ''; } catch { return ''; }
}

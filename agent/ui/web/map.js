// The service map: who calls whom, in the traces that are kept. Callers stand
// left of what they call. Drawn as SVG, and given as a table besides.

import {h, lately, s} from './dom.js';
import {get, listen} from './api.js';
import {fill, mark, onTheme} from './colors.js';
import {count, duration, percent, plural} from './format.js';

const W = 170, H = 52, GAP_X = 110, GAP_Y = 26, PAD = 20;

export function show(main, params, app) {
  let data = null, closed = false, last = '';
  const stage = h('div', {class: 'mapstage scroll'}), table = h('tbody'), note = h('p', {class: 'empty', hidden: true});
  const calls = h('details', {class: 'calls'}, h('summary', {}, 'As a table'), h('div', {class: 'scroll'}, h('table', {class: 'stats'}, h('thead', {}, h('tr', {}, ['Caller', 'Called', 'Calls', 'Errors'].map((t, i) =>
    h('th', {scope: 'col', class: i > 1 ? 'num' : ''}, t)))), table)));
  main.replaceChildren(h('div', {class: 'bar'}, h('h1', {}, 'Service map'), h('span', {class: 'dim'}, 'of the traces that are kept')), stage, note, calls);
  const load = async () => {
    try {
      const [edges, services] = await Promise.all([get('calls'), get('services')]);
      data = {edges: edges.filter((c) => c.from !== c.to), services};
    } catch (e) {
      if (!data) app.fail(e);
      return;
    }
    if (closed || JSON.stringify(data) === last) return;
    last = JSON.stringify(data);
    draw();
  };
  const again = lately(1000, load);
  const stop = listen({limit: 1}, {state: app.state, totals: (t) => { app.totals(t); again(); }});
  const offTheme = onTheme(() => data && draw());

  function draw() {
    const {edges, services} = data, stats = new Map(services.map((x) => [x.service, x]));
    const names = [...new Set([...edges.flatMap((e) => [e.from, e.to]), ...stats.keys()])].sort();
    note.hidden = names.length > 0;
    note.textContent = 'No services yet.';
    calls.hidden = !edges.length;
    const places = arrange(names, edges);
    const width = Math.max(...[...places.values()].map((p) => p.x + W), 0) + PAD, height = Math.max(...[...places.values()].map((p) => p.y + H), 0) + PAD;
    const most = Math.max(...edges.map((e) => e.requests), 1);
    const focused = document.activeElement?.getAttribute?.('href');
    stage.replaceChildren(s('svg', {width, height, viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': 'Service map: ' + plural(names.length, 'service') + ', ' + plural(edges.length, 'connection')},
      s('defs', {}, ['ok', 'bad'].map((k) => s('marker', {id: 'arrow-' + k, class: k, viewBox: '0 0 8 8', refX: '7', refY: '4', markerWidth: '9', markerHeight: '9', markerUnits: 'userSpaceOnUse', orient: 'auto'}, s('path', {d: 'M0 0L8 4L0 8z'})))),
      edges.map((e) => edge(e, places.get(e.from), places.get(e.to), most)), names.map((n) => node(n, places.get(n), stats.get(n)))));
    if (focused) [...stage.querySelectorAll('a')].find((a) => a.getAttribute('href') === focused)?.focus();
    table.replaceChildren(...edges.map((e) => h('tr', {}, h('th', {scope: 'row'}, e.from), h('td', {}, e.to), h('td', {class: 'num'}, count(e.requests)),
      h('td', {class: 'num'}, e.errors ? h('span', {class: 'error'}, '✗ ' + count(e.errors)) : '·'))));
  }
  return {
    title: 'Map', close: () => { closed = true; stop(); offTheme(); },
    keys: {j: () => walk(1), k: () => walk(-1), Escape: () => document.activeElement.blur()},
  };
  function walk(by) {
    const all = [...stage.querySelectorAll('a')], i = all.indexOf(document.activeElement);
    all[i < 0 ? 0 : (i + by + all.length) % all.length]?.focus();
  }
}

function node(name, at, x) {
  const cut = name.length > 21 ? name.slice(0, 20) + '…' : name || '—';
  const text = x ? count(x.requests) + ' req · p95 ' + duration(x.p95) : 'calls only';
  return s('a', {href: '#/services/' + encodeURIComponent(name), transform: `translate(${at.x} ${at.y})`, 'aria-label': name + ', ' + text + (x?.errors ? ', ' + plural(x.errors, 'error') : '')},
    s('title', {}, name), s('rect', {width: W, height: H, rx: 6, fill: fill(name), stroke: x?.errors ? 'var(--error)' : mark(name), 'stroke-width': x?.errors ? 2 : 1}),
    s('rect', {width: 5, height: H, rx: 2, fill: mark(name)}),
    s('text', {x: 14, y: 21, class: 'name'}, cut), s('text', {x: 14, y: 39, class: 'sub'}, text),
    x?.errors ? s('text', {x: W - 8, y: 21, class: 'bad', 'text-anchor': 'end'}, '✗ ' + percent(x.errors, x.requests)) : '');
}

function edge(e, a, b, most) {
  const bad = e.errors > 0, back = b.x <= a.x;
  const x1 = a.x + W, y1 = a.y + H / 2, x2 = b.x, y2 = b.y + H / 2;
  // A call back to the left goes around below both.
  const low = Math.max(a.y, b.y) + H + 18;
  const d = back ? `M${a.x + W / 2} ${a.y + H}C${a.x + W / 2} ${low + 20} ${b.x + W / 2} ${low + 20} ${b.x + W / 2} ${b.y + H + 2}`
    : `M${x1} ${y1}C${x1 + GAP_X / 2} ${y1} ${x2 - GAP_X / 2} ${y2} ${x2 - 2} ${y2}`;
  const lx = back ? (a.x + b.x + W) / 2 : (x1 + x2) / 2, ly = back ? low + 12 : (y1 + y2) / 2 - 5;
  return s('g', {class: bad ? 'edge bad' : 'edge'}, s('title', {}, `${e.from} → ${e.to}: ${plural(e.requests, 'call')}, ${plural(e.errors, 'error')}`),
    s('path', {d, 'stroke-width': (1 + 3 * Math.log1p(e.requests) / Math.log1p(most)).toFixed(1), 'marker-end': 'url(#arrow-' + (bad ? 'bad' : 'ok') + ')'}),
    s('text', {x: lx, y: ly, 'text-anchor': 'middle'}, count(e.requests) + (bad ? ' ✗' + count(e.errors) : '')));
}

// arrange puts each service right of the furthest of its callers, circles
// aside, and orders each column by where its callers stand.
export function arrange(names, edges) {
  const out = new Map(names.map((n) => [n, []])), column = new Map(names.map((n) => [n, 0]));
  for (const e of edges) out.get(e.from).push(e.to);
  const state = new Map(), order = [];
  const called = new Set(edges.map((e) => e.to));
  for (const start of [...names].sort((a, b) => called.has(a) - called.has(b))) { // those nobody calls first
    const todo = [[start, 0]];
    while (todo.length) {
      const top = todo[todo.length - 1], [n] = top;
      if (!top[1] && state.has(n)) { todo.pop(); continue; }
      state.set(n, 'open');
      const next = out.get(n)[top[1]++];
      if (next === undefined) { state.set(n, 'done'); order.unshift(n); todo.pop(); } else if (!state.has(next)) todo.push([next, 0]);
    }
  }
  const rank = new Map(order.map((n, i) => [n, i]));
  for (const n of order) for (const to of out.get(n)) if (rank.get(to) > rank.get(n)) column.set(to, Math.max(column.get(to), column.get(n) + 1));
  const columns = [];
  for (const n of order) (columns[column.get(n)] ||= []).push(n);
  const y = new Map(), tallest = Math.max(...columns.map((c) => c.length), 1), places = new Map();
  columns.forEach((c, i) => {
    const mean = (n) => {
      const from = edges.filter((e) => e.to === n && y.has(e.from)).map((e) => y.get(e.from));
      return from.length ? from.reduce((a, b) => a + b, 0) / from.length : 0;
    };
    const at = new Map(c.map((n) => [n, mean(n)]));
    c.sort((a, b) => at.get(a) - at.get(b));
    const top = (tallest - c.length) * (H + GAP_Y) / 2;
    c.forEach((n, k) => {
      y.set(n, top + k * (H + GAP_Y));
      places.set(n, {x: PAD + i * (W + GAP_X), y: PAD + y.get(n)});
    });
  });
  return places;
}

// The list of traces as they arrive.

import {$, button, h, once} from './dom.js';
import {get, listen} from './api.js';
import {mark, onTheme} from './colors.js';
import {count, duration, plural, time} from './format.js';
import * as filters from './filter.js';

const LIMIT = 100; // rows asked for at a time
const BUSY = 40; // rows shown of what comes faster than anyone reads
const MOST = 1000; // rows in the page

// show fills the page; params are the filter's. Returns {close, keys}.
export function show(main, params, app) {
  const filter = filters.only(params);
  const rows = new Map(); // trace id -> {summary, tr}
  let waiting = [], more = false, slowest = 1, paused = false, settled = false;

  const box = h('input', {type: 'search', id: 'filter', 'aria-label': 'Filter', autocomplete: 'off', spellcheck: 'false',
    placeholder: 'Filter: service:shop resource:"GET /cart" @http.status_code:500 error min:10ms words'});
  box.value = filters.write(filter);
  const go = (p) => { location.hash = filters.link(p); };
  const edit = (key, value) => {
    const p = new URLSearchParams(filter);
    if (value) p.set(key, value); else p.delete(key);
    go(p);
  };
  const service = h('select', {'aria-label': 'Service', onchange: () => edit('service', service.value)}, h('option', {value: ''}, 'All services'));
  const min = h('select', {'aria-label': 'Minimum duration', onchange: () => edit('min', min.value)},
    ['', '1ms', '10ms', '100ms', '1s', '10s'].map((d) => h('option', {value: d}, d ? '≥ ' + d : 'Any duration')));
  choose(min, filter.get('min') || '');
  const errors = button('✗ Errors', () => edit('error', filter.get('error') ? '' : '1'),
    {'aria-pressed': String(!!filter.get('error')), class: 'toggle'});
  const pause = button('Pause', () => { paused = !paused; refreshPause(); release(); }, {class: 'toggle', title: 'Hold what arrives (l)', 'aria-pressed': 'false'});
  const fresh = button('', () => { main.scrollTop = 0; document.activeElement?.blur?.(); release(true); }, {class: 'fresh', hidden: true});
  const body = h('tbody');
  const table = h('table', {class: 'traces'},
    h('caption', {class: 'hidden'}, 'Traces, the newest first'),
    h('thead', {}, h('tr', {}, ['Time', 'Service', 'Resource', 'Duration', 'Spans', 'Errors'].map((t, i) =>
      h('th', {scope: 'col', class: 'c' + i}, t)))), body);
  const older = button('Older traces', loadOlder, {class: 'older', hidden: true});
  const note = h('div', {class: 'empty', hidden: true});
  main.replaceChildren(
    h('form', {class: 'bar', role: 'search', onsubmit: (e) => { e.preventDefault(); box.blur(); go(filters.parse(box.value)); }},
      box, service, min, errors, pause,
      String(filter) ? h('a', {href: '#/traces', class: 'clear'}, 'Clear') : null),
    fresh, table, older, note);

  services();
  const draw = once(update);
  const stop = listen(withLimit(filter), {traces: arrive, totals, state: app.state, refused: (e) => { note.hidden = false; note.textContent = 'This filter is not understood: ' + e.message; }});
  const offTheme = onTheme(() => { for (const r of rows.values()) r.tr.replaceWith(r.tr = row(r.summary)); });
  main.addEventListener('focusout', focusout);

  return {
    title: 'Traces',
    close: () => { stop(); offTheme(); main.removeEventListener('focusout', focusout); },
    search: () => { box.focus(); box.select(); },
    keys: {
      j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1),
      Home: () => focus(0), End: () => focus(body.rows.length - 1),
      l: () => pause.click(), e: () => errors.click(),
      Escape: () => {
        if (document.activeElement === box && box.value !== filters.write(filter)) box.value = filters.write(filter);
        else if (document.activeElement !== document.body) document.activeElement.blur();
        else if (String(filter)) go(new URLSearchParams());
      },
    },
  };

  function focusout() { setTimeout(release, 0); }

  function refreshPause() {
    pause.setAttribute('aria-pressed', String(paused));
    pause.textContent = paused ? 'Resume' : 'Pause';
  }

  // held: someone reads or has chosen a row, so nothing may move.
  function held() { return paused || main.scrollTop > 40 || body.contains(document.activeElement); }

  function arrive(list) {
    if (list.whole) {
      more = list.more;
      if (!held()) clear();
      if (settled && more) list.traces.length = Math.min(list.traces.length, BUSY);
    }
    settled = true;
    for (const t of list.traces) {
      const r = rows.get(t.trace_id);
      if (!r) continue;
      if (r.summary.seq !== t.seq) { // has grown: in its place
        r.summary = t;
        const had = r.tr.contains(document.activeElement);
        r.tr.replaceWith(r.tr = row(t));
        if (had) $('a', r.tr).focus();
      }
    }
    const known = new Set(list.traces.map((t) => t.trace_id));
    waiting = [...list.traces.filter((t) => !rows.has(t.trace_id)), ...waiting.filter((t) => !known.has(t.trace_id))].slice(0, MOST);
    draw();
  }

  function clear() { rows.clear(); body.replaceChildren(); waiting = []; }

  function release() { if (waiting.length) draw(); }

  function update() {
    if (waiting.length && (!held() || !rows.size)) {
      for (const t of waiting) slowest = Math.max(slowest, t.duration);
      body.prepend(...waiting.map((t) => {
        const r = {summary: t, tr: row(t)};
        rows.set(t.trace_id, r);
        return r.tr;
      }));
      waiting = [];
      while (body.rows.length > MOST) {
        rows.delete(body.lastElementChild.dataset.id);
        body.lastElementChild.remove();
        more = true;
      }
    }
    fresh.hidden = !waiting.length;
    fresh.textContent = '↑ ' + plural(waiting.length, 'new trace');
    older.hidden = !more || !rows.size;
    table.hidden = !rows.size;
    note.hidden = rows.size > 0;
    if (!rows.size) empty();
  }

  function empty() {
    if (String(filter)) note.replaceChildren(h('p', {}, 'No trace that is kept fits this filter.'), h('p', {}, h('a', {href: '#/traces'}, 'Show all traces')));
    else note.replaceChildren(h('h2', {}, 'Waiting for traces'),
      h('p', {}, 'Run a program that is traced; its traces appear here as they finish.'),
      app.info.listen.length ? h('pre', {}, app.info.listen.map((a) => 'DD_TRACE_AGENT_URL=' + a).join('\n')) : null);
  }

  async function loadOlder() {
    const last = body.lastElementChild && rows.get(body.lastElementChild.dataset.id).summary;
    const p = withLimit(filter);
    if (last) p.set('before', last.seq);
    try {
      const list = await get('traces', p);
      more = list.more;
      for (const t of list.traces) {
        if (rows.has(t.trace_id)) continue;
        const r = {summary: t, tr: row(t)};
        rows.set(t.trace_id, r);
        body.append(r.tr);
      }
      older.hidden = !more;
    } catch (e) { app.fail(e); }
  }

  function row(t) {
    const color = mark(t.service);
    const share = Math.max(0.01, Math.log1p(t.duration / 1e6) / Math.log1p(Math.max(slowest, 1e8) / 1e6));
    return h('tr', {'data-id': t.trace_id, class: t.failed ? 'failed' : '', onclick: (e) => { if (!e.target.closest('a') && !String(getSelection())) location.hash = '#/trace/' + t.trace_id; }},
      h('td', {class: 'c0 num dim', title: t.finished ? '' : 'The root span has not ended'}, time(t.start), t.finished ? '' : ' …'),
      h('td', {class: 'c1'}, h('i', {class: 'swatch', style: {background: color}}), t.service || '—',
        t.services.length > 1 ? h('span', {class: 'dim', title: t.services.join(', ')}, ' +' + (t.services.length - 1)) : null),
      h('td', {class: 'c2'}, h('a', {href: '#/trace/' + t.trace_id},
        t.failed ? h('b', {class: 'error'}, '✗ ', h('span', {class: 'hidden'}, 'failed: ')) : null, t.resource || t.name || '—'),
        t.name && t.name !== t.resource ? h('span', {class: 'dim'}, ' ' + t.name) : null),
      h('td', {class: 'c3 num'}, h('i', {class: 'amount', style: {width: (100 * share).toFixed(1) + '%', background: color}}), h('span', {}, duration(t.duration))),
      h('td', {class: 'c4 num'}, count(t.spans)),
      h('td', {class: 'c5 num'}, t.errors ? h('span', {class: 'error'}, '✗ ' + count(t.errors)) : h('span', {class: 'dim'}, '·')));
  }

  function focus(i) {
    const tr = body.rows[Math.max(0, Math.min(i, body.rows.length - 1))];
    if (!tr) return;
    $('a', tr).focus({preventScroll: true});
    tr.scrollIntoView({block: 'nearest'});
  }

  function move(by) {
    const tr = document.activeElement?.closest?.('tbody tr');
    focus(tr ? tr.sectionRowIndex + by : 0);
  }

  async function services() {
    const list = await get('services').catch(() => []);
    service.append(...list.map((x) => h('option', {value: x.service}, x.service)));
    choose(service, filter.get('service') || '');
  }

  function totals(t) {
    app.totals(t);
    draw();
  }
}

// choose sets a select to a value that it may not have yet.
function choose(select, value) {
  if (value && ![...select.options].some((o) => o.value === value)) select.append(h('option', {value}, value));
  select.value = value;
}

function withLimit(filter) {
  const p = new URLSearchParams(filter);
  p.set('limit', LIMIT);
  return p;
}

// Services, and the requests of one: how many, how many failed, how long.

import {button, h, lately} from './dom.js';
import {get, listen} from './api.js';
import {mark} from './colors.js';
import {count, duration, percent, rate} from './format.js';
import {link} from './filter.js';

const NUMBERS = [
  ['Requests', 'requests', (x) => count(x.requests)],
  ['Rate', 'rate', (x) => rate(x.rate)],
  ['Errors', 'errors', (x) => x.errors ? h('span', {class: 'error'}, '✗ ' + count(x.errors), ' ', h('span', {class: 'dim'}, percent(x.errors, x.requests))) : h('span', {class: 'dim'}, '·')],
  ['p50', 'p50', (x) => duration(x.p50)],
  ['p95', 'p95', (x) => duration(x.p95)],
  ['p99', 'p99', (x) => duration(x.p99)],
  ['Max', 'max', (x) => duration(x.max)],
  ['Total time', 'time', (x, sum) => [h('i', {class: 'amount', style: {width: 100 * x.time / (sum || 1) + '%', background: mark(x.service)}}), h('span', {}, percent(x.time, sum) || '0%')]],
];

export function show(main, params, app, name) {
  let span = params.get('window') === '1m' ? '1m' : '', sort = 'time', down = true, rows = [], error = null, closed = false;
  const first = name
    ? [['Resource', 'resource', (x) => [h('a', {href: link(x.resource === '(other)' ? {service: x.service} : {service: x.service, name: x.name, resource: x.resource})}, x.resource || '—')]],
      ['Operation', 'name', (x) => [x.name, x.kind ? h('span', {class: 'dim'}, ' ' + x.kind) : null]]]
    : [['Service', 'service', (x) => [h('i', {class: 'swatch', style: {background: mark(x.service)}}), h('a', {href: '#/services/' + encodeURIComponent(x.service)}, x.service || '—'), x.type ? h('span', {class: 'dim'}, ' ' + x.type) : null]],
      ['Resources', 'resources', (x) => count(x.resources)]];
  const columns = [...first, ...NUMBERS];
  const heads = columns.map(([label, key], i) => h('th', {scope: 'col', class: i < 1 || key === 'name' ? '' : 'num'},
    button(label, () => { down = sort === key ? !down : typeof rows[0]?.[key] !== 'string'; sort = key; draw(); })));
  const body = h('tbody'), note = h('p', {class: 'empty', hidden: true});
  const windows = [['', 'Since the start'], ['1m', 'Last minute']].map(([v, label]) => button(label, () => { span = v; refreshWindows(); load(); }, {'data-window': v}));
  const refreshWindows = () => windows.forEach((b) => b.setAttribute('aria-pressed', String(b.dataset.window === span)));
  refreshWindows();
  main.replaceChildren(
    h('div', {class: 'bar'},
      name ? [h('a', {href: '#/services'}, '‹ Services'), h('h1', {}, h('i', {class: 'swatch', style: {background: mark(name)}}), name)] : h('h1', {}, 'Services'),
      h('span', {class: 'group'}, windows),
      name ? h('a', {href: link({service: name})}, 'Traces of it') : null, name ? h('a', {href: link({service: name, error: '1'})}, 'with errors') : null),
    h('div', {class: 'scroll'}, h('table', {class: 'stats'}, h('caption', {class: 'hidden'}, name ? 'Requests of ' + name : 'Services'), h('thead', {}, h('tr', {}, heads)), body)), note);

  const load = async () => {
    const p = new URLSearchParams();
    if (span) p.set('window', span);
    if (name) p.set('service', name);
    try { rows = await get(name ? 'resources' : 'services', p); error = null; } catch (e) { error = e; }
    if (!closed) draw();
  };
  const again = lately(1000, load);
  const stop = listen({limit: 1}, {state: app.state, totals: (t) => { app.totals(t); again(); }});
  const tick = setInterval(() => { if (span && !document.hidden) load(); }, 5000);
  load();

  function draw() {
    const sum = rows.reduce((t, x) => t + x.time, 0);
    const sorted = [...rows].sort((a, b) => (down ? -1 : 1) * (a[sort] < b[sort] ? -1 : a[sort] > b[sort] ? 1 : 0));
    columns.forEach(([, key], i) => {
      if (key === sort) heads[i].setAttribute('aria-sort', down ? 'descending' : 'ascending'); else heads[i].removeAttribute('aria-sort');
    });
    const focused = body.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    body.replaceChildren(...sorted.map((x) => h('tr', {}, columns.map(([label, key, write], i) =>
      h(i ? 'td' : 'th', {scope: i ? null : 'row', class: (i && key !== 'name' ? 'num' : '') + (key === 'time' ? ' c3' : ''), 'data-label': label}, write(x, sum))))));
    if (focused) [...body.querySelectorAll('a')].find((a) => a.getAttribute('href') === focused)?.focus({preventScroll: true});
    note.hidden = rows.length > 0 && !error;
    note.textContent = error ? error.message : span ? 'Nothing in the last minute.' : 'No requests yet.';
  }

  const links = () => [...body.querySelectorAll('th a')];
  const move = (by) => {
    const all = links(), i = all.indexOf(document.activeElement);
    all[Math.max(0, Math.min(all.length - 1, i < 0 ? 0 : i + by))]?.focus();
  };
  return {
    title: name || 'Services',
    close: () => { closed = true; stop(); clearInterval(tick); },
    keys: {j: () => move(1), k: () => move(-1), Escape: () => { if (body.contains(document.activeElement)) document.activeElement.blur(); else if (name) location.hash = '#/services'; }},
  };
}

// Which page is shown, and what all pages share: theme, keys, help.

import {$, button, h} from './dom.js';
import {get} from './api.js';
import {bytes, count, plural} from './format.js';
import * as list from './list.js';
import * as trace from './trace.js';
import * as services from './services.js';
import * as map from './map.js';

const main = $('#main');
let page = {keys: {}};

const app = {
  info: {listen: [], version: ''},
  back: '#/traces', // the list as it was last filtered
  state(text) {
    const e = $('#live');
    e.dataset.state = text;
    e.textContent = text === 'live' ? 'live' : text === 'lost' ? 'the agent does not answer' : '';
  },
  totals(t) {
    const e = $('#totals');
    e.textContent = plural(t.traces, 'trace') + ' · ' + bytes(t.memory) + ' of ' + bytes(t.budget) +
      (t.dropped ? ' · ' + count(t.dropped) + ' let go' : '') + (t.refused ? ' · ' + plural(t.refused, 'payload') + ' refused' : '');
    e.title = t.refused ? 'Refused: ' + t.last_refused : '';
  },
  fail(e) {
    main.replaceChildren(h('div', {class: 'empty'}, h('h2', {}, e.status === 404 ? 'Not there' : 'Something is wrong'),
      h('p', {}, e.message), h('p', {}, h('a', {href: '#/traces'}, 'All traces'))));
  },
};

const routes = {traces: list.show, trace: trace.show, services: services.show, map: map.show};

function route() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const [name, ...rest] = path.split('/');
  const params = new URLSearchParams(query);
  let arg;
  try { arg = decodeURIComponent(rest.join('/')); } catch { arg = ''; }
  if (page.stay?.(name, arg, params)) return;
  page.close?.();
  app.state('');
  const show = Object.hasOwn(routes, name) ? routes[name] : routes.traces;
  for (const a of document.querySelectorAll('#nav a')) {
    const here = a.dataset.page === (name === 'trace' ? 'traces' : name || 'traces');
    if (here) a.setAttribute('aria-current', 'page'); else a.removeAttribute('aria-current');
  }
  if (show === list.show) app.back = location.hash || '#/traces';
  main.className = name || 'traces';
  main.scrollTop = 0;
  page = {keys: {}};
  page = show(main, params, app, arg);
  setTitle(page.title);
}

export function setTitle(text) { document.title = text + ' · ddinstrument'; }

// Theme: as the system says, or as chosen.
const themes = {'': '◐ Auto', light: '☀ Light', dark: '☾ Dark'};

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  $('#theme').textContent = themes[theme];
  document.dispatchEvent(new Event('theme'));
}

function nextTheme() {
  const order = Object.keys(themes);
  const theme = order[(order.indexOf(document.documentElement.dataset.theme || '') + 1) % order.length];
  try { localStorage.setItem('theme', theme); } catch { /* private window */ }
  setTheme(theme);
}

const KEYS = [
  ['Anywhere', [['1 2 3', 'Traces, services, map'], ['/', 'Filter, or search in the trace'], ['t', 'Light, dark, as the system'], ['?', 'This help'], ['Esc', 'Back, step by step']]],
  ['Traces', [['j k', 'Next, previous trace'], ['Enter', 'Open it'], ['e', 'Errors only'], ['l', 'Hold what arrives']]],
  ['Trace', [['v', 'Waterfall or flame graph'], ['j k', 'Next, previous span'], ['h l', 'Close, open; to parent, to child'], ['n p', 'Next, previous error (also e)'],
    ['Enter', 'The span’s details'], ['z', 'Zoom to the span'], ['+ − 0', 'Zoom in, out, all'], ['[ ]', 'Earlier, later, where zoomed'], ['c', 'Critical path']]],
];

function help() {
  if ($('dialog')) return $('dialog').close();
  const d = h('dialog', {'aria-labelledby': 'help-title', onclose: () => d.remove(), onclick: (e) => { if (e.target === d) d.close(); }},
    h('div', {class: 'help'}, h('h2', {id: 'help-title'}, 'Keyboard'),
      KEYS.map(([title, keys]) => h('section', {}, h('h3', {}, title), h('dl', {}, keys.map(([k, what]) =>
        [h('dt', {}, k.split(' ').map((x) => h('kbd', {}, x))), h('dd', {}, what)])))),
      h('p', {class: 'dim'}, 'ddinstrument ' + app.info.version), button('Close', () => d.close())));
  document.body.append(d);
  d.showModal();
}

document.addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  if ($('dialog')) { if (e.key === '?') { e.preventDefault(); $('dialog').close(); } return; }
  const typing = e.target.matches('input, select, textarea');
  if (typing && e.key !== 'Escape') return;
  // Buttons and links keep what they do.
  if (e.key === 'Enter' && e.target.matches('a, button, summary')) return;
  const shared = {'/': () => page.search?.(), '?': help, t: nextTheme,
    1: () => { location.hash = '#/traces'; }, 2: () => { location.hash = '#/services'; }, 3: () => { location.hash = '#/map'; }};
  const action = Object.hasOwn(page.keys, e.key) ? page.keys[e.key] : Object.hasOwn(shared, e.key) ? shared[e.key] : null;
  if (!action || action(e) === false) return;
  e.preventDefault();
});

let theme = '';
try { theme = localStorage.getItem('theme') || ''; } catch { /* private window */ }
setTheme(Object.hasOwn(themes, theme) ? theme : '');
$('#theme').addEventListener('click', nextTheme);
$('#help').addEventListener('click', help);
addEventListener('hashchange', route);
app.info = await get('info').catch(() => app.info);
route();

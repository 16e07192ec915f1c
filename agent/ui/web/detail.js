// One span: what it is, what went wrong, its tags, and what to look for in logs.

import {button, copy, copyable, h} from './dom.js';
import {mark} from './colors.js';
import {duration, offset, percent, plural, time} from './format.js';
import {link, tag} from './filter.js';
import {lines, topOf} from './stack.js';
import {title} from './model.js';

const ERROR_TAGS = ['error.message', 'error.msg', 'error.type', 'error.stack', 'error.handling_stack'];

// decimal is the low half of a trace id as tracers write it that know 64 bits.
const decimal = (hex) => String(BigInt('0x' + hex.slice(16)));

// detail returns the elements of a node of a model; go(node) selects another.
export function detail(m, n, go, close) {
  const x = n.span, id = m.trace.trace_id;
  const stack = x.meta['error.stack'] || x.meta['error.handling_stack'] || '';
  return [
    h('div', {class: 'dhead'},
      h('h2', {}, title(x)),
      button('×', close, {class: 'icon', 'aria-label': 'Close the details', title: 'Close (Esc)'})),
    h('p', {class: 'dsub'}, h('i', {class: 'swatch', style: {background: mark(x.service)}}), x.service || '—', ' · ', x.name,
      x.type ? h('span', {class: 'dim'}, ' · ' + x.type) : null),
    facts([
      ['Duration', [duration(x.duration), h('span', {class: 'dim'}, ' ' + percent(x.duration, m.end) + ' of the trace')]],
      ['Own time', [duration(n.self), h('span', {class: 'dim'}, ' not in child spans')]],
      ['Begins', [offset(x.offset), h('span', {class: 'dim'}, ' ' + time(x.start))]],
      n.critical && ['Critical path', duration(n.path.reduce((t, p) => t + p[1] - p[0], 0)) + ' of it here'],
      n.children.length && ['Children', plural(n.children.length, 'span') + (n.below > n.children.length ? ', ' + n.below + ' below' : '')],
      n.parent && ['Parent', button(title(n.parent.span), () => go(n.parent), {class: 'linklike'})],
      n.orphan && ['Parent', h('span', {class: 'dim'}, x.parent_id + ', not received')],
    ]),
    x.error ? failure(x, stack) : null,
    section('In logs', correlation(id, x.span_id)),
    tags(x),
    x.events?.length ? section('Events', x.events.map((e) => h('div', {class: 'sub'},
      h('p', {}, h('b', {}, e.name), h('span', {class: 'dim'}, ' ' + offset(e.time - x.start + x.offset))), values(e.attributes || {})))) : null,
    x.links?.length ? section('Links', x.links.map((l) => h('div', {class: 'sub'},
      h('p', {}, h('a', {href: '#/trace/' + l.trace_id + '?span=' + l.span_id}, 'span ' + l.span_id), h('span', {class: 'dim'}, ' of trace ' + l.trace_id)),
      values(l.attributes || {})))) : null,
  ];
}

const section = (name, ...content) => h('section', {}, h('h3', {}, name), content);

const facts = (list) => h('dl', {class: 'facts'}, list.filter(Boolean).map(([k, v]) => [h('dt', {}, k), h('dd', {}, v)]));

function failure(x, stack) {
  const top = topOf(stack);
  const pre = h('pre', {class: 'stack', tabindex: '0', 'aria-label': 'Stack'}, lines(stack).map((l) =>
    h('span', {class: l.top ? 'frame innermost' : l.machinery ? 'frame dim' : 'frame'}, l.text + '\n')));
  return h('section', {class: 'failure'},
    h('h3', {}, '✗ ' + (x.meta['error.type'] || 'Error')),
    h('p', {class: 'message'}, x.meta['error.message'] || x.meta['error.msg'] || 'The span is marked as failed, without a message.'),
    top ? h('p', {}, h('span', {class: 'dim'}, 'at '), copyable(top, 'the place')) : null,
    stack ? h('details', {open: true}, h('summary', {}, 'Stack'), pre, button('Copy the stack', () => copy(stack, pre), {class: 'small'})) : null);
}

// correlation has the ids as log lines have them.
function correlation(id, span) {
  const low = decimal(id), wide = !/^0{16}/.test(id);
  const both = `dd.trace_id=${wide ? id : low} dd.span_id=${span}`;
  return [
    facts([['dd.trace_id', wide ? [copyable(id, 'dd.trace_id'), h('br'), copyable(low, 'dd.trace_id of 64 bits'), h('span', {class: 'dim'}, ' where logs have 64 bits')] : copyable(low, 'dd.trace_id')],
      ['dd.span_id', copyable(span, 'dd.span_id')]]),
    h('p', {}, copyable(both, 'both')),
  ];
}

function tags(x) {
  const all = [...Object.entries(x.meta).filter(([k]) => !(x.error && ERROR_TAGS.includes(k))), ...Object.entries(x.metrics)]
    .sort((a, b) => (a[0] < b[0] ? -1 : 1));
  const own = all.filter(([k]) => !isInternal(k)), internal = all.filter(([k]) => isInternal(k));
  return [
    section('Tags', own.length ? tagTable(own) : h('p', {class: 'dim'}, 'none')),
    internal.length ? h('details', {}, h('summary', {}, plural(internal.length, 'tag') + ' of the tracer'), tagTable(internal)) : null,
  ];
}

const isInternal = (key) => /^_|^(process_id|runtime-id|language|system\.pid)$/.test(key);

// A number in JSON may have an exponent; the filter wants its digits.
const plain = (v) => typeof v === 'number' ? v.toLocaleString('en-US', {useGrouping: false, maximumFractionDigits: 20}) : v;

const tagTable = (list) => h('table', {class: 'tags'}, h('tbody', {}, list.map(([k, v]) => h('tr', {},
  h('th', {scope: 'row'}, k), h('td', {}, plain(v)),
  h('td', {class: 'act'}, h('a', {href: link({tag: tag(k, plain(v))}), title: 'Traces with this tag', 'aria-label': 'Traces with this ' + k}, '⌕'))))));

const values = (attributes) => h('table', {class: 'tags'}, h('tbody', {}, Object.entries(attributes).map(([k, v]) =>
  h('tr', {}, h('th', {scope: 'row'}, k), h('td', {}, typeof v === 'string' ? v : JSON.stringify(v))))));

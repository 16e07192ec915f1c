// The filter of the list, in its two forms: what is written in the box,
//
//   service:shop name:http.request resource:"GET /cart" @table:carts error min:10ms any words
//
// and the parameters of the URL and of the API.

const TERM = /(?:([a-z]+|@(?:\\[^]|[^\s:"\\])+)(?::(?:"((?:[^"\\]|\\.)*)"|(\S*)))?)(?=\s|$)|"((?:[^"\\]|\\.)*)"|(\S+)/gi;
// A tag is KEY or KEY:VALUE; a colon, a space or a quote in KEY has a backslash
// before it.
const TAG = /^((?:\\[^]|[^:\\])*)(?::([^]*))?/;
export const tag = (key, value) => key.replace(/[\s:"\\]/g, '\\$&') + ':' + value;

const unquote = (text) => text.replace(/\\([^])/g, '$1');

// parse returns URLSearchParams of a text.
export function parse(text) {
  const p = new URLSearchParams(), words = [];
  for (const m of text.matchAll(TERM)) {
    const key = m[1], has = m[2] !== undefined || m[3] !== undefined;
    const value = m[2] !== undefined ? unquote(m[2]) : m[3];
    if (key?.startsWith('@')) p.append('tag', key.slice(1) + (value ? ':' + value : ''));
    else if (key === 'error' && !has || key === 'status' && value === 'error') p.set('error', '1');
    else if (has && ['service', 'name', 'resource', 'min'].includes(key)) value && p.set(key, /^\d+$/.test(value) && key === 'min' ? value + 'ms' : value);
    else words.push(m[4] !== undefined ? unquote(m[4]) : m[0]);
  }
  if (words.length) p.set('q', words.join(' '));
  return p;
}

const inQuotes = (v) => '"' + v.replace(/["\\]/g, '\\$&') + '"';
const quote = (v) => v === '' || /[\s"]/.test(v) ? inQuotes(v) : v;

// write is the text of the parameters.
export function write(p) {
  const terms = [];
  for (const k of ['service', 'name', 'resource']) if (p.get(k)) terms.push(k + ':' + quote(p.get(k)));
  for (const t of p.getAll('tag')) {
    const [, key, value] = TAG.exec(t);
    terms.push('@' + key + (value ? ':' + quote(value) : ''));
  }
  if (p.get('error') === '1') terms.push('error');
  if (p.get('min')) terms.push('min:' + p.get('min'));
  const q = p.get('q');
  if (q) terms.push(/(^|\s)(@|error(\s|$)|\S*:)/.test(q) ? inQuotes(q) : q);
  return terms.join(' ');
}

const KNOWN = ['service', 'name', 'resource', 'tag', 'error', 'min', 'q'];

// only leaves the filter's parameters.
export function only(p) {
  const kept = new URLSearchParams();
  for (const k of KNOWN) for (const v of p.getAll(k)) if (v !== '') kept.append(k, v);
  return kept;
}

// link is the list with a filter.
export function link(filter) {
  const p = filter instanceof URLSearchParams ? filter : new URLSearchParams(filter);
  return '#/traces' + (String(p) ? '?' + p : '');
}

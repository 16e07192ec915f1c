// How numbers are written: as the terminal's view writes them.

const three = (f, unit) => (f < 9.995 ? f.toFixed(2) : f < 99.95 ? f.toFixed(1) : f.toFixed(0)) + unit;

// duration gives three digits in a readable unit: 850ns, 12.4ms, 1.23s, 3m07s.
export function duration(ns) {
  ns = Math.max(ns, 0);
  if (ns < 1e3) return Math.round(ns) + 'ns';
  if (ns < 999.5e3) return three(ns / 1e3, 'µs');
  if (ns < 999.5e6) return three(ns / 1e6, 'ms');
  if (ns < 59.95e9) return three(ns / 1e9, 's');
  const sec = Math.round(ns / 1e9), two = (n) => String(n).padStart(2, '0');
  if (sec < 3600) return Math.floor(sec / 60) + 'm' + two(sec % 60) + 's';
  if (sec < 3.6e6) return Math.floor(sec / 3600) + 'h' + two(Math.floor(sec / 60) % 60) + 'm';
  return Math.floor(sec / 86400) + 'd';
}

export const count = (n) => n.toLocaleString('en-US');
export const plural = (n, noun) => count(n) + ' ' + noun + (n === 1 ? '' : 's');

export const percent = (part, whole) => {
  if (!(whole > 0)) return '';
  const p = 100 * part / whole;
  return p > 0 && p < 0.1 ? '<0.1%' : p < 9.95 ? p.toFixed(1) + '%' : Math.round(p) + '%';
};

export const rate = (r) => (r >= 100 ? count(Math.round(r)) : r >= 10 ? r.toFixed(0) : r >= 0.095 ? r.toFixed(1) : r > 0 ? '<0.1' : '0') + '/s';

export const bytes = (n) => n < 1 << 20 ? Math.round(n / 1024) + ' KiB' : Math.round(n / (1 << 20)) + ' MiB';

const clock = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3});
const day = new Intl.DateTimeFormat('en-GB', {year: 'numeric', month: 'short', day: '2-digit'});

// time writes nanoseconds since 1970 as the local time of day, with the day
// where that is not today.
export function time(ns) {
  const d = new Date(ns / 1e6);
  if (Number.isNaN(d.getTime())) return '—';
  const text = clock.format(d);
  return d.toDateString() === new Date().toDateString() ? text : day.format(d) + ' ' + text;
}

// offset is a time within a trace.
export const offset = (ns) => (ns < 0 ? '−' : '+') + duration(Math.abs(ns));

const NUMBER = /^\s*(\d+(?:\.\d+)?)\s*(ns|µs|us|ms|s|m)?\s*$/;
const UNITS = {ns: 1, 'µs': 1e3, us: 1e3, ms: 1e6, s: 1e9, m: 60e9};

// parseDuration reads 100ms; a number alone is milliseconds. null: no duration.
export function parseDuration(text) {
  const m = NUMBER.exec(text);
  return m ? Math.round(parseFloat(m[1]) * UNITS[m[2] || 'ms']) : null;
}

// steps returns round marks for an axis from a to b, about n of them.
export function steps(a, b, n) {
  const span = b - a, raw = span / Math.max(n, 1);
  if (!(raw > 0)) return [];
  const base = 10 ** Math.floor(Math.log10(raw));
  const step = base * ([1, 2, 5, 10].find((k) => base * k >= raw) || 10);
  const marks = [];
  for (let t = Math.ceil(a / step) * step; t <= b; t += step) marks.push(t);
  return marks;
}

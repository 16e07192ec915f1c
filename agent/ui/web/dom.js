// What makes elements. Texts become text nodes: nothing in here, or anywhere,
// makes markup of a string.

const SVG = 'http://www.w3.org/2000/svg';

function build(e, props, children) {
  for (const [k, v] of Object.entries(props || {})) {
    if (v === undefined || v === null || v === false) continue;
    if (k.startsWith('on')) e.addEventListener(k.slice(2), v);
    else if (k === 'style') for (const [p, x] of Object.entries(v)) e.style.setProperty(p, x);
    else e.setAttribute(k, v === true ? '' : v);
  }
  e.append(...children.flat(Infinity).filter((c) => c !== undefined && c !== null && c !== false));
  return e;
}

// h makes an HTML element: h('a', {href: '#'}, 'text', child, [children]).
export const h = (tag, props, ...children) => build(document.createElement(tag), props, children);
// s makes an SVG element.
export const s = (tag, props, ...children) => build(document.createElementNS(SVG, tag), props, children);

export const $ = (selector, from = document) => from.querySelector(selector);

// button makes one with an action.
export const button = (label, action, props) => h('button', {type: 'button', onclick: action, ...props}, label);

let toastTimer;

// toast says something in passing, to screen readers too.
export function toast(text) {
  const t = $('#toast');
  t.textContent = text;
  t.classList.add('shown');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => t.classList.remove('shown'), 2500);
}

// copy puts a text on the clipboard; where there is none (a page that is not
// on localhost), it selects the text.
export async function copy(text, from) {
  try {
    await navigator.clipboard.writeText(text);
    toast('Copied ' + (text.length > 60 ? text.slice(0, 60) + '…' : text));
  } catch {
    const range = document.createRange();
    range.selectNodeContents(from);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    toast('Selected: press Ctrl+C');
  }
}

// copyable is a text with a button that copies it.
export function copyable(text, label = text) {
  const code = h('code', {}, text);
  return h('span', {class: 'copyable'}, code,
    button('', () => copy(text, code), {class: 'icon copy', title: 'Copy', 'aria-label': 'Copy ' + label}));
}

// once returns a function that calls f at most once a frame.
export function once(f) {
  let waiting = 0;
  return () => {
    waiting ||= requestAnimationFrame(() => { waiting = 0; f(); });
  };
}

// lately returns a function that calls f at most every ms, the last call
// included.
export function lately(ms, f) {
  let timer = 0, last = 0;
  return () => {
    timer ||= setTimeout(() => { timer = 0; last = Date.now(); f(); }, Math.max(0, last + ms - Date.now()));
  };
}

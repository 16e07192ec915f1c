// Colours of services: the same for a service on every page, as long as the
// page is open, and different for different ones as long as there are enough.
// None is red, which is for errors.

const HUES = [255, 165, 75, 305, 205, 120, 340, 95, 230, 280, 145, 50];
const taken = new Map();

function hash(text) {
  let n = 2166136261;
  for (let i = 0; i < text.length; i++) n = Math.imul(n ^ text.charCodeAt(i), 16777619);
  return n >>> 0;
}

// hue is the service's, in degrees of OKLCH.
export function hue(service) {
  let i = taken.get(service);
  if (i === undefined) {
    const used = new Set(taken.values());
    i = hash(service) % HUES.length;
    for (let k = 0; k < HUES.length && used.size < HUES.length && used.has(i); k++) i = (i + 5) % HUES.length;
    taken.set(service, i);
  }
  return HUES[i];
}

const media = matchMedia('(prefers-color-scheme: dark)');

export function isDark() {
  const set = document.documentElement.dataset.theme;
  return set ? set === 'dark' : media.matches;
}

// onTheme calls f when light becomes dark or the other way round.
export function onTheme(f) {
  media.addEventListener('change', f);
  document.addEventListener('theme', f);
  return () => { media.removeEventListener('change', f); document.removeEventListener('theme', f); };
}

// mark is a service's strong colour, for swatches, lines and edges; fill is
// what text can stand on.
export const mark = (service) => `oklch(${isDark() ? 0.74 : 0.58} 0.13 ${hue(service)})`;
export const fill = (service) => isDark() ? `oklch(0.43 0.085 ${hue(service)})` : `oklch(0.86 0.075 ${hue(service)})`;

// palette has the canvas's other colours.
export const palette = () => isDark()
  ? {text: '#e8eaf0', dim: '#969cab', line: '#2a2e38', bg: '#14161b', error: '#ff7b72', select: '#ffffff', path: '#f2cc60', veil: 'rgba(20,22,27,.72)'}
  : {text: '#16181d', dim: '#5c6370', line: '#e3e5ea', bg: '#ffffff', error: '#cf222e', select: '#0b0c0e', path: '#9a6700', veil: 'rgba(255,255,255,.75)'};

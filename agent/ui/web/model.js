// A trace as a tree, and what is computed of it. Nothing about ids and times
// is taken for granted: parents may be missing or go round in circles, clocks
// differ, and chains may be too long for recursion.

export function build(trace) {
  const byId = new Map();
  const nodes = trace.spans.map((span, i) => {
    const n = {span, i, parent: null, children: [], depth: 0, orphan: false,
      start: span.offset, end: span.offset + Math.max(span.duration, 0), self: 0, path: [], row: 0, height: 1, below: 0};
    byId.set(span.span_id, n);
    return n;
  });
  const roots = [];
  for (const n of nodes) {
    const p = n.span.parent_id;
    n.parent = byId.get(p) || null;
    if (n.parent === n) n.parent = null;
    if (n.parent) n.parent.children.push(n);
    else { n.orphan = p !== '0'; roots.push(n); }
  }
  const order = [], reached = new Set();
  const walk = (root) => {
    const todo = [root];
    while (todo.length) {
      const n = todo.pop();
      reached.add(n);
      order.push(n);
      n.depth = n.parent ? n.parent.depth + 1 : 0;
      for (let k = n.children.length - 1; k >= 0; k--) todo.push(n.children[k]);
    }
  };
  roots.forEach(walk);
  for (const n of nodes) { // circles
    if (reached.has(n)) continue;
    n.parent.children = n.parent.children.filter((c) => c !== n);
    n.parent = null;
    n.orphan = true;
    roots.push(n);
    walk(n);
  }
  for (let k = order.length - 1; k >= 0; k--) {
    const n = order[k];
    n.self = selfTime(n);
    n.children.forEach((c, i) => { c.position = i + 1; });
    if (n.parent) n.parent.below += n.below + 1;
  }
  roots.forEach((n, i) => { n.position = i + 1; });
  const root = roots.find((n) => !n.orphan) || roots[0];
  const end = nodes.reduce((e, n) => Math.max(e, n.end), 1);
  const m = {trace, nodes, order, roots, root, byId, end, errors: order.filter((n) => n.span.error)};
  m.services = services(m);
  criticalPath(m);
  m.rows = layout(m);
  return m;
}

// selfTime is what of a span no child covers.
function selfTime(n) {
  let covered = 0, to = n.start;
  for (const c of n.children) { // by start
    const a = Math.max(c.start, to), b = Math.min(c.end, n.end);
    if (b > a) { covered += b - a; to = b; }
  }
  return Math.max(0, n.end - n.start - covered);
}

// services has each service's own time, the largest first.
function services(m) {
  const all = new Map();
  for (const n of m.nodes) {
    const s = all.get(n.span.service) || {name: n.span.service, time: 0, spans: 0, errors: 0};
    s.time += n.self;
    s.spans++;
    s.errors += n.span.error;
    all.set(n.span.service, s);
  }
  return [...all.values()].sort((a, b) => b.time - a.time || (a.name < b.name ? -1 : 1));
}

// criticalPath finds the work that the root's end waited for: from each span's
// end backwards, always into the child that ended last. What would have to be
// faster for the trace to be faster. Each span gets its pieces [from, to].
function criticalPath(m) {
  const todo = [[m.root, m.root.end]];
  while (todo.length) {
    const [n, until] = todo.pop();
    let t = Math.min(n.end, until);
    const children = n.children.map((c) => [c, Math.min(c.end, t)]).sort((a, b) => b[1] - a[1]);
    for (const [c, end] of children) {
      if (end > t || c.start >= t || end <= n.start || c.start < n.start) continue;
      if (t > end) n.path.push([end, t]);
      todo.push([c, end]);
      t = c.start;
    }
    if (t > n.start) n.path.push([n.start, t]);
    n.critical = true;
  }
}

// layout gives each span its row in the flame graph: below its parent, beside
// what does not run at the same time, below the whole of what does. Returns
// the rows, each ordered by start.
function layout(m) {
  for (let k = m.order.length - 1; k >= 0; k--) {
    const n = m.order[k];
    n.first = n.start; // of the whole subtree
    n.last = n.end;
    for (const c of n.children) {
      n.first = Math.min(n.first, c.first);
      n.last = Math.max(n.last, c.last);
    }
    n.height = 1 + place(n.children);
  }
  place(m.roots);
  const rows = [];
  for (const n of m.order) {
    if (n.parent) n.row += n.parent.row + 1;
    (rows[n.row] ||= []).push(n);
  }
  for (const r of rows) r.sort((a, b) => a.start - b.start);
  return rows;
}

// place puts siblings into rows counted from 0 and returns how many rows they
// take.
function place(siblings) {
  let active = [], height = 0;
  for (const n of [...siblings].sort((a, b) => a.first - b.first)) {
    active = active.filter((a) => a.last > n.first);
    let at = 0, k = 0;
    for (; k < active.length; k++) { // ordered by row: the first gap that fits
      if (active[k].row - at >= n.height) break;
      at = Math.max(at, active[k].row + active[k].height);
    }
    n.row = at;
    active.splice(k, 0, n);
    height = Math.max(height, at + n.height);
  }
  return height;
}

// matches tells whether a span has the words, in lower case, in what a person reads.
export function matches(span, words) {
  if ([span.resource, span.name, span.service, span.type, span.span_id].some((x) => x.toLowerCase().includes(words))) return true;
  for (const k in span.meta) if (span.meta[k].toLowerCase().includes(words) || k.toLowerCase().includes(words)) return true;
  for (const k in span.metrics) if (k.toLowerCase().includes(words)) return true;
  return false;
}

// title is what a span is called in a row.
export const title = (span) => span.resource && span.resource !== span.name ? span.resource : span.name || '—';

// entersService: the span is a service's first.
export const entersService = (n) => !n.parent || n.parent.span.service !== n.span.service;

// What the agent is asked. Other origins are never asked anything: the
// policy of the page forbids it.

export async function get(path, params) {
  const query = params && String(params) ? '?' + params : '';
  let response;
  try {
    response = await fetch('/api/' + path + query);
  } catch {
    throw new Error('The agent does not answer. Has it ended?');
  }
  const body = await response.json().catch(() => ({error: response.statusText}));
  if (!response.ok) throw Object.assign(new Error(body.error), {status: response.status});
  return body;
}

// listen reads the stream of events; traces(list) and totals(t) are called as
// they come, state(text) with 'live' or 'lost', refused(error) if the filter is
// none. It rests while the page is hidden, for a browser keeps few connections.
// Returns stop().
export function listen(params, {traces, totals, state, refused}) {
  let source, seq = 0, stopped = false, timer;
  const close = () => { clearTimeout(timer); source?.close(); source = undefined; };
  const open = () => {
    if (stopped || source || document.hidden) return;
    const p = new URLSearchParams(params);
    if (seq) p.set('after', seq);
    source = new EventSource('/api/events?' + p);
    source.addEventListener('open', () => state?.('live'));
    source.addEventListener('traces', (e) => {
      const list = JSON.parse(e.data);
      if (list.seq < seq) { // another agent at the same address
        seq = 0;
        close();
        return open();
      }
      // What follows on nothing, or not on what was there, stands for all.
      list.whole = !seq || list.more;
      seq = list.seq;
      traces?.(list);
    });
    source.addEventListener('totals', (e) => totals?.(JSON.parse(e.data)));
    source.addEventListener('error', async () => {
      close();
      seq = 0; // what comes back may be another agent: begin anew
      // A stream does not say why it ended.
      const e = await get('traces', params).then(() => null, (e) => e);
      if (e?.status === 400) return refused?.(e);
      state?.('lost');
      if (!stopped) timer = setTimeout(open, 1000);
    });
  };
  const visible = () => document.hidden ? close() : open();
  document.addEventListener('visibilitychange', visible);
  open();
  return () => {
    stopped = true;
    document.removeEventListener('visibilitychange', visible);
    close();
  };
}

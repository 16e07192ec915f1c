// Where an error happened, from the stack texts of the languages that
// Datadog's tracers are written in (agent/errors.go does the same for the
// terminal).

// Go: a tab, file:line, perhaps an offset, on the line after the function.
const GO = /^\t(\S.*:\d+)(?: \+0x[0-9a-f]+)?\r?$/;
// JavaScript and Java: at f (file:line:column), at file:line:column.
const AT = /^\s*at (?:.*\()?([^()\s][^()]*?:\d+)(?::\d+)?\)?\r?$/;
// Python; the last one is the innermost.
const PYTHON = /^\s*File "(.+)", line (\d+)/;
// Ruby: file:line:in `method'; PHP: #0 file(line): f()
const RUBY = /^\s*(?:from )?(\S+?:\d+):in /;
const PHP = /^#\d+ (.+?)\((\d+)\): /;

const MACHINERY = ['runtime.', 'panic(', 'runtime/debug.', 'github.com/DataDog/dd-trace-go/', 'testing.'];

// lines returns the stack's lines: {text, place, machinery, top}; top is the
// innermost frame that is not the language's or the tracer's own.
export function lines(stack) {
  let fn = '', python;
  const all = stack.replace(/\s+$/, '').split('\n').slice(0, 500).map((text) => {
    let m, place = '';
    if ((m = GO.exec(text)) || (m = AT.exec(text)) || (m = RUBY.exec(text))) place = m[1];
    else if ((m = PYTHON.exec(text) || PHP.exec(text))) place = m[1] + ':' + m[2];
    const machinery = MACHINERY.some((p) => fn.startsWith(p) && GO.test(text)) || MACHINERY.some((p) => text.startsWith(p)) ||
      /node:internal|\/node_modules\//.test(place);
    const line = {text, place, machinery, top: false};
    if (PYTHON.test(text)) python = line;
    fn = text;
    return line;
  });
  const top = python || all.find((l) => l.place && !l.machinery) || all.find((l) => l.place);
  if (top) top.top = true;
  return all;
}

export const topOf = (stack) => lines(stack).find((l) => l.top)?.place || '';

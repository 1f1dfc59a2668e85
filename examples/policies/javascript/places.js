// From JavaScript's positions to the interface's.
//
// JavaScript counts UTF-16 code units. The interface counts bytes of UTF-8 for offsets, Unicode scalar values for
// columns, and lines that end with LF.

// Returns a function from code units to a span. It walks the code once: ask in the order of `start`.
export function places(code) {
  let at = { index: 0, bytes: 0, line: 1, column: 1 };
  return (start, end) => {
    at = walk(code, at, start);
    return { start: at.bytes, end: walk(code, at, end).bytes, line: at.line, column: at.column };
  };
}

function walk(code, { index, bytes, line, column }, to) {
  while (index < to) {
    const scalar = code.codePointAt(index);
    index += scalar > 0xffff ? 2 : 1;
    bytes += scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
    column += 1;
    if (scalar === 0x0a) {
      line += 1;
      column = 1;
    }
  }
  return { index, bytes, line, column };
}

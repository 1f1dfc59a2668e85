// Between the policy's positions and the editor's: bytes of UTF-8 there, units of UTF-16 here.

/** A character boundary of a text. */
export interface Place {
  /** Its offset in UTF-16 code units. */
  index: number
  /** Its line, counted from 1. Lines end with LF. */
  line: number
  /** Its column in Unicode scalar values, counted from 1. */
  column: number
}

/** The places of the given byte offsets. What is no character boundary of the text is left out. */
export function places(text: string, offsets: Iterable<number>): Map<number, Place> {
  const wanted = new Set(offsets)
  const found = new Map<number, Place>()
  let index = 0
  let byte = 0
  let line = 1
  let column = 1
  for (const character of text) {
    if (wanted.has(byte)) found.set(byte, { index, line, column })
    index += character.length
    byte += utf8Length(character.codePointAt(0) ?? 0)
    column += 1
    if (character === '\n') {
      line += 1
      column = 1
    }
  }
  if (wanted.has(byte)) found.set(byte, { index, line, column })
  return found
}

/** How many bytes of UTF-8 a text takes. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}

/** A lone surrogate counts as the replacement character that takes its place in UTF-8. */
function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1
  if (codePoint < 0x800) return 2
  return codePoint < 0x10000 ? 3 : 4
}

// What is checked and changed in the core modules of a policy before they are compiled.

import { encoded, Reader } from './binary.ts'
import { PolicyProblem } from './problem.ts'

/** 512 MiB in pages of 64 KiB: what the host gives a policy. */
const MOST_PAGES = 8_192

const MEMORY_SECTION = 5

/** Names that cannot end the string literal that the generated JavaScript puts them in. */
const PLAIN_NAME = /^[ !#-&(-[\]-_a-~]*$/

/**
 * Passes a module whose imports and exports have plain names.
 *
 * The generator writes these names into JavaScript without escaping them: a name with a quote in it would run as
 * code. Names of tools never have one.
 */
export function checkNames(module: WebAssembly.Module): void {
  const names = [
    ...WebAssembly.Module.imports(module).flatMap(({ module, name }) => [module, name]),
    ...WebAssembly.Module.exports(module).map(({ name }) => name),
  ]
  const odd = names.find(name => !PLAIN_NAME.test(name))
  if (odd !== undefined) {
    throw new PolicyProblem(
      `The component holds a core name that is not plain text: ${JSON.stringify(odd).slice(0, 80)}`,
      'A name with quotes, backslashes or characters beyond ASCII is refused, because it could be made to run as JavaScript.',
    )
  }
}

/** The module with a ceiling on each memory that it defines: without one, a policy could take all that there is. */
export function limitMemory(module: Uint8Array): Uint8Array {
  const reader = new Reader(module, 8)
  while (reader.at < module.length) {
    const start = reader.at
    const id = reader.byte()
    const size = reader.number()
    const end = reader.at + size
    if (id === MEMORY_SECTION) {
      const body = limitedMemories(reader)
      return concat(module.subarray(0, start), [id, ...encoded(body.length), ...body], module.subarray(end))
    }
    reader.at = end
  }
  return module
}

function limitedMemories(reader: Reader): number[] {
  const count = reader.number()
  const body = encoded(count)
  for (let index = 0; index < count; index += 1) {
    const flags = reader.byte()
    if (flags > 1) {
      throw new PolicyProblem(
        `The component uses a kind of memory that this page does not bound (flags ${flags})`,
        'Build it for wasm32 without shared or 64-bit memory.',
      )
    }
    const least = reader.number()
    const most = Math.min(flags === 1 ? reader.number() : MOST_PAGES, MOST_PAGES)
    if (least > most) {
      throw new PolicyProblem(
        `The component wants ${least / 16} MiB of memory to begin with`,
        `At most ${MOST_PAGES / 16} MiB are given, as by the host.`,
      )
    }
    body.push(1, ...encoded(least), ...encoded(most))
  }
  return body
}

function concat(...parts: ArrayLike<number>[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

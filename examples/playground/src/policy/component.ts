// What is checked of a file before anything reads it further: that it is a component, and imports nothing.

import { Reader } from './binary.ts'
import { PolicyProblem } from './problem.ts'

/** Larger than any policy that tools make today: CPython in a component is 18 MB. */
const LARGEST = 64 << 20

const IMPORT_SECTION = 10

/** Passes the bytes of a component that imports nothing. */
export function checkComponent(bytes: Uint8Array): void {
  checkKind(bytes)
  checkImports(imports(bytes))
}

/** Passes an empty list of imports. */
export function checkImports(names: string[]): void {
  if (names.length === 0) return
  throw new PolicyProblem(
    `The component imports ${names.map(name => `\`${name}\``).join(', ')}`,
    'A policy imports nothing: it can only compute. Build it without WASI, or stub WASI out.',
  )
}

function checkKind(bytes: Uint8Array): void {
  if (bytes.length > LARGEST) {
    const size = Math.ceil(bytes.length / (1 << 20))
    throw new PolicyProblem(`The file has ${size} MiB; at most ${LARGEST >> 20} are taken`, 'Build a smaller component.')
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length < 8 || view.getUint32(0) !== 0x0061736d) {
    throw new PolicyProblem(
      'The file is no WebAssembly',
      'A policy is a WebAssembly component, a `.wasm` file in binary form.',
    )
  }
  if (view.getUint16(6, true) !== 1) {
    throw new PolicyProblem(
      'The file is a core WebAssembly module, not a component',
      'Wrap it with `wasm-tools component new`.',
    )
  }
}

/** The names of all imports. The generator names those that are used, the host counts all. */
function imports(component: Uint8Array): string[] {
  const names: string[] = []
  const reader = new Reader(component, 8)
  while (!reader.done) {
    const id = reader.byte()
    const size = reader.number()
    const end = reader.at + size
    if (id === IMPORT_SECTION) {
      for (let left = reader.number(); left > 0; left -= 1) names.push(imported(reader))
    }
    reader.at = end
  }
  return names
}

/** The name of an import; what it is a name of is read over. */
function imported(reader: Reader): string {
  reader.byte()
  const name = reader.text()
  const kind = reader.byte()
  // A core module and the bounds of types and values have a byte of their own before the index.
  const bound = kind === 0 || kind === 2 || kind === 3 ? reader.byte() : undefined
  if (!(kind === 3 && bound === 1)) reader.number()
  return name
}

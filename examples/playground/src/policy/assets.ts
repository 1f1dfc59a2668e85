// What the build puts beside the page: as scripts that set one global each, because a script can be loaded where the
// page may connect to nothing, and from a file.

import { trustedScript } from './trusted.ts'

/** Bytes, compressed with gzip, in base64. */
type Packed = string

/** `policy.js`: the default policy, made into JavaScript ahead. */
export interface DefaultPolicy {
  sha256: string
  size: number
  exports: string[]
  source: string
  modules: [string, Packed][]
}

/** `transpiler.js`: what makes JavaScript of a component. */
export interface Transpiler {
  script: string
  modules: [string, Packed][]
}

declare global {
  var codeExecutePolicy: DefaultPolicy
  var codeExecuteTranspiler: Transpiler | undefined
}

/** Loads the transpiler, once and only where somebody brings a policy of their own: it is larger than the page. */
export async function transpiler(): Promise<Transpiler> {
  if (!globalThis.codeExecuteTranspiler) {
    await new Promise((resolve, reject) => {
      const script = document.createElement('script')
      script.onload = resolve
      script.onerror = () => reject(new Error('`transpiler.js` is missing beside the page'))
      script.src = trustedScript('transpiler.js')
      document.head.append(script)
    })
  }
  if (!globalThis.codeExecuteTranspiler) throw new Error('`transpiler.js` beside the page is not what was built')
  return globalThis.codeExecuteTranspiler
}

/** The bytes of a packed file. */
export async function unpacked(packed: Packed): Promise<Uint8Array> {
  const compressed = Uint8Array.from(atob(packed), character => character.charCodeAt(0))
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

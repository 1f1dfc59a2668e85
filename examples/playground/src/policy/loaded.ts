// From bytes to a policy that can be asked: the default one, or a component that somebody brings.

import { unpacked } from './assets.ts'
import { checkComponent, checkImports } from './component.ts'
import { checkNames, limitMemory } from './core.ts'
import type { Interfaces } from './messages.ts'
import { PolicyProblem } from './problem.ts'
import { transpiled } from './transpile.ts'

const PACKAGE = 'code-execute:policy/'
/** The version that this page speaks; patch releases of it are the same track. */
const TRACK = '0.1.'

/** A policy, compiled. Its worker is started by a `PolicyClient`. */
export interface Loaded {
  sha256: string
  size: number
  interfaces: Interfaces
  source: string
  modules: [string, WebAssembly.Module][]
}

/** The policy that is built into the page. */
export async function builtIn(): Promise<Loaded> {
  const { sha256, size, source, exports, modules } = globalThis.codeExecutePolicy
  const unpackedModules = await Promise.all(
    modules.map(async ([name, packed]): Promise<[string, Uint8Array]> => [name, await unpacked(packed)]),
  )
  return { sha256, size, source, interfaces: interfaces(exports), modules: await compiled(unpackedModules) }
}

/** A component from outside. Nothing of it runs here: this reads, checks and compiles. */
export async function fromOutside(bytes: Uint8Array<ArrayBuffer>): Promise<Loaded> {
  checkComponent(bytes)
  const { source, modules, imports, exports } = await transpiled(bytes)
  checkImports(imports)
  const loaded = { source, interfaces: interfaces(exports), modules: await compiled(modules) }
  return { ...loaded, size: bytes.length, sha256: await sha256(bytes) }
}

/** Finds the interfaces of a policy among the exports. */
function interfaces(exports: string[]): Interfaces {
  const configuration = exported(exports, 'configuration')
  const found = { scanner: wanted(exports, 'scanner'), formatter: wanted(exports, 'formatter') }
  return configuration === undefined ? found : { ...found, configuration }
}

function wanted(exports: string[], name: string): string {
  const found = exported(exports, name)
  if (found !== undefined) return found
  throw new PolicyProblem(
    `The component does not export \`${PACKAGE}${name}@${TRACK}x\``,
    exports.length > 0
      ? `It exports ${exports.slice(0, 8).map(name => `\`${name}\``).join(', ')}.`
      : 'It exports nothing at all.',
  )
}

function exported(exports: string[], name: string): string | undefined {
  const versions = exports.filter(key => key.startsWith(`${PACKAGE}${name}@`))
  const found = versions.find(key => key.startsWith(`${PACKAGE}${name}@${TRACK}`))
  if (found === undefined && versions.length > 0) {
    throw new PolicyProblem(
      `The component speaks \`${versions[0]}\`; this page speaks ${TRACK}x`,
      'Build it against the WIT of a released version of that track.',
    )
  }
  return found
}

function compiled(modules: [string, Uint8Array][]): Promise<[string, WebAssembly.Module][]> {
  return Promise.all(
    modules.map(async ([name, bytes]): Promise<[string, WebAssembly.Module]> => {
      const module = await compile(limitMemory(bytes))
      checkNames(module)
      return [name, module]
    }),
  )
}

async function compile(bytes: Uint8Array): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes as BufferSource)
  } catch (error) {
    throw new PolicyProblem(
      `This browser cannot compile the component: ${(error as Error).message}`,
      'Build it with fewer proposals of WebAssembly, or use a newer browser.',
    )
  }
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // A page that was opened from an insecure address has no `crypto.subtle`.
  if (!globalThis.crypto?.subtle) return ''
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
}

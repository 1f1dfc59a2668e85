// Policies to compare with, and hostile ones: the same WebAssembly text that the host's tests use.

import { readFile } from 'node:fs/promises'
import { componentEmbed, componentNew, parse, print } from '@bytecodealliance/jco-transpile/wasm-tools'
import { parse as parseToml } from 'smol-toml'

const repository = new URL('../../../', import.meta.url)
const read = path => readFile(new URL(path, repository), 'utf8')

const EMPTY = '(i32.const 304)'
/** `scan` answers one forbidden violation of the rule `rule` at the first byte. */
export const FINDS_THE_START =
  '(i32.store (i32.const 148) (i32.const 1)) (i32.store (i32.const 152) (i32.const 1)) (i32.store (i32.const 156) (i32.const 1)) (i32.const 120)'

/**
 * A policy with the given bodies of functions. Without one, `scan` finds nothing and `format` says `formatted`.
 *
 * @param {{ version?: string, memory?: number, scan?: string, format?: string, configure?: string, more?: string }} bodies
 */
export async function policy({ version = '0.1.1', memory = 2, scan = EMPTY, format = '(i32.const 312)', configure, more = '' }) {
  const key = name => `code-execute:policy/${name}@${version}`
  const functions = `
    (func $scan (export "${key('scanner')}#scan") (param i32 i32 i32 i32 i32 i32) (result i32) ${scan})
    (data (i32.const 312) "\\50\\01\\00\\00\\09\\00\\00\\00\\00")
    (data (i32.const 336) "formatted")
    (func (export "${key('formatter')}#format") (param i32) (result i32) ${format})
    ${configure ? `(func (export "${key('configuration')}#configure") (param i32 i32) (result i32) ${configure})` : ''}
    ${more}`
  const text = (await read('tests/policies/frame.wat'))
    .replaceAll('VERSION', version)
    .replace('(memory (export "memory") 2)', `(memory (export "memory") ${memory})`)
    .replace('CASE', () => functions)
  const files = ['world', 'scanner', 'formatter', 'restrictions', 'configuration']
  const wit = (await Promise.all(files.map(file => read(`wit/${file}.wit`)))).join('\n').replaceAll('0.1.1', version)
  const world = `world tested { export scanner; export formatter; ${configure ? 'export configuration;' : ''} }`
  const embedded = await componentEmbed({ binary: await parse(text), witSource: `${wit}\n${world}`, world: 'tested' })
  return await componentNew(embedded, [])
}

/** The hostile policies of the host's tests. */
export async function hostile() {
  const { case: cases } = parseToml(await read('tests/policies/hostile.toml'))
  return cases
}

/**
 * A policy that finds the start of the code where it was configured. Of a configuration that begins with `p` it says
 * that there is a problem in line 2, column 3.
 */
export function configurable() {
  return policy({
    more: '(global $configured (mut i32) (i32.const 0)) (data (i32.const 600) "\\68\\02\\00\\00\\01\\00\\00\\00") (data (i32.const 616) "\\02\\00\\00\\00\\03\\00\\00\\00\\80\\02\\00\\00\\13\\00\\00\\00") (data (i32.const 640) "there is no `maybe`")',
    configure: `(global.set $configured (i32.const 1))
      (if (result i32) (i32.eq (i32.load8_u (local.get 0)) (i32.const 112)) (then (i32.const 600)) (else ${EMPTY}))`,
    scan: `(if (result i32) (global.get $configured) (then ${FINDS_THE_START}) (else ${EMPTY}))`,
  })
}

/** A policy with a core export whose name leaves the string that the generated JavaScript puts it in. */
export async function injecting() {
  const text = await print(await policy({}))
  return await parse(text.replaceAll('"cabi_realloc"', `"x'];globalThis.pwned=1;//"`))
}

export { parse }

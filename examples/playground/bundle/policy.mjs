// `dist/policy.js`: the default policy's component, made into JavaScript and core modules ahead, so that the page is
// ready at once.

import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { $init, generate } from '@bytecodealliance/jco-transpile/component'
import { transform } from 'esbuild'
import { glue } from '../src/transpiler/glue.js'
import { packed } from './pack.mjs'

/** @param {Uint8Array} component */
export async function defaultPolicy(component) {
  await $init
  const { source, modules, imports, exports } = glue(generate, component)
  if (imports.length > 0) throw new Error(`the default policy imports ${imports.join(', ')}`)
  const { code } = await transform(source, { minifyWhitespace: true, minifySyntax: true })
  const policy = {
    sha256: createHash('sha256').update(component).digest('hex'),
    size: component.length,
    exports,
    source: code,
    modules: modules.map(([name, bytes]) => [name, packed(bytes)]),
  }
  await writeFile('dist/policy.js', `globalThis.codeExecutePolicy=${JSON.stringify(policy)}\n`)
}

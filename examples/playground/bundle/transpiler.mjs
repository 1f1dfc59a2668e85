// `dist/transpiler.js`: what makes JavaScript of a component, for the page to run in a worker.

import { readFile, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { packed } from './pack.mjs'

const generator = new URL(import.meta.resolve('@bytecodealliance/jco-transpile/component'))
const modules = ['js-component-bindgen-component.core.wasm', 'js-component-bindgen-component.core2.wasm']

export async function transpiler() {
  const { outputFiles, metafile } = await build({
    entryPoints: ['src/transpiler/worker.ts'],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    metafile: true,
    legalComments: 'none',
    write: false,
    // The generator looks for its core modules beside itself; `src/transpiler/modules.ts` answers by file name.
    define: { 'import.meta.url': '"modules:///"' },
    // What it would read them with in Node, and does not reach here.
    external: ['node:fs/promises'],
  })
  const parts = {
    script: outputFiles[0].text,
    modules: await Promise.all(
      modules.map(async name => [name, packed(await readFile(new URL(name, generator)))]),
    ),
  }
  await writeFile('dist/transpiler.js', `globalThis.codeExecuteTranspiler=${JSON.stringify(parts)}\n`)
  return { metafile }
}

// Builds `dist/`: a page of static files that needs nothing but itself.
//
// usage: node bundle/main.mjs COMPONENT.wasm

import { cp, mkdir, readFile, rm, stat, readdir } from 'node:fs/promises'
import { build } from 'esbuild'
import { licences } from './licences.mjs'
import { defaultPolicy } from './policy.mjs'
import { scripts } from './scripts.mjs'
import { transpiler } from './transpiler.mjs'

const component = process.argv[2]
if (!component) throw new Error('usage: node bundle/main.mjs COMPONENT.wasm')

await rm('dist', { recursive: true, force: true })
await mkdir('dist')
const page = await build({
  entryPoints: { page: 'src/main.ts', theme: 'src/theme.ts', style: 'src/style/all.css' },
  outdir: 'dist',
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  metafile: true,
  legalComments: 'none',
  plugins: [scripts],
})
const made = await transpiler()
await defaultPolicy(await readFile(component))
await licences([page.metafile, made.metafile])
for (const file of ['index.html', 'icon.svg']) await cp(`src/${file}`, `dist/${file}`)

for (const file of await readdir('dist')) {
  const { size } = await stat(`dist/${file}`)
  console.log(`${String(Math.ceil(size / 1024)).padStart(6)} KiB  dist/${file}`)
}

// What the policy says in the browser of every program of the corpora, for comparison with the host byte by byte:
// `target/verdicts/<folder>.jsonl` is in the form of `code-execute policy measure FOLDER --verdicts FILE`.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { after, before, test } from 'node:test'
import { build } from 'esbuild'
import { scripts } from '../bundle/scripts.mjs'
import { browser } from './browser.mjs'
import { serve } from './server.mjs'

const root = new URL('..', import.meta.url).pathname
const made = join(root, 'target/parity')
const folders = [join(root, '../../tests/corpus'), process.env.CODE_EXECUTE_CORPORA].filter(Boolean)
const host = process.env.CODE_EXECUTE
/** Programs that are handed over at once. */
const BATCH = 500

let server
let chromium
before(async () => {
  await bundle()
  server = await serve({ '': join(root, 'dist'), parity: made })
  chromium = await browser()
})
after(async () => {
  await chromium?.close()
  await server?.close()
})

for (const folder of folders) {
  test(`the verdicts on ${basename(folder)} are the host’s`, async () => {
    const programs = await corpus(folder)
    assert.ok(programs.length > 100, `${folder} holds ${programs.length} programs`)
    const page = await (await chromium.newContext()).newPage()
    await page.goto(`${server.origin}/parity/parity.html`)
    const started = performance.now()
    const lines = []
    for (let at = 0; at < programs.length; at += BATCH) {
      lines.push(...(await page.evaluate(batch => verdicts(batch), programs.slice(at, at + BATCH))))
    }
    const seconds = (performance.now() - started) / 1000
    await mkdir(join(root, 'target/verdicts'), { recursive: true })
    const file = join(root, `target/verdicts/${basename(folder)}.jsonl`)
    await writeFile(file, lines.map(line => `${line}\n`).join(''))
    console.log(`${lines.length} programs in ${seconds.toFixed(1)} s -> ${file}`)

    assert.ok(host, 'CODE_EXECUTE names the host whose verdicts these must be')
    const hosts = `${file}.host`
    execFileSync(host, ['policy', 'measure', folder, '--verdicts', hosts], { stdio: ['ignore', 'ignore', 'inherit'] })
    const expected = (await readFile(hosts, 'utf8')).split('\n')
    for (const [index, line] of lines.entries()) assert.equal(line, expected[index])
    assert.equal((await readFile(file)).compare(await readFile(hosts)), 0)
  })
}

/** The programs of a folder, file by file and line by line; `solution` is the code where a program brings its tests. */
async function corpus(folder) {
  const files = (await readdir(folder)).filter(file => file.endsWith('.jsonl')).sort()
  const texts = await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')))
  const lines = texts.flatMap(text => text.split('\n')).filter(line => line.trim() !== '')
  return lines.map(line => {
    const { id, language, code, solution } = JSON.parse(line)
    return { id, language, code: solution ?? code }
  })
}

/** The page under the same Content-Security-Policy as the playground. */
async function bundle() {
  await mkdir(made, { recursive: true })
  await build({
    entryPoints: [join(root, 'tests/parity/parity.ts')],
    outdir: made,
    bundle: true,
    format: 'iife',
    target: 'es2022',
    plugins: [scripts],
  })
  const page = await readFile(join(root, 'src/index.html'), 'utf8')
  const [, policy] = page.match(/Content-Security-Policy" content="([^"]*)"/) ?? []
  assert.ok(policy)
  const html = await readFile(join(root, 'tests/parity/parity.html'), 'utf8')
  await writeFile(join(made, 'parity.html'), html.replace('CSP', policy))
}

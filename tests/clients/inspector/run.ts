// Asks the tool with the Inspector's command line, in both eras, over one transport: node run.ts TRANSPORT
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'

import { reachable, type Http, type Where } from '../typescript/server.ts'

const inspector = createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/clients/launcher/build/index.js')

/** What the Inspector ends with where a result is an error. */
const TOOL_ERROR = 5

const headers = (where: Http): string[] =>
  Object.entries(where.headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`])

type Said = { status: number, out: string, err: string }

const inspect = (where: Where, era: string, options: string[]): Promise<Said> => {
  const ours = ['--cli', '--protocol-era', era, '--format', 'json', ...options]
  const target = 'url' in where
    ? ['--server-url', where.url, '--transport', 'http', ...headers(where)]
    : ['--', where.command, ...where.args]
  return new Promise(resolve => {
    execFile(process.execPath, [inspector, ...ours, ...target], { timeout: 60_000 }, (problem, out, err) =>
      resolve({ status: problem ? Number(problem.code) : 0, out, err }))
  })
}

const call = async (where: Where, era: string, tool: string, input: object, status: number): Promise<any> => {
  const options = ['--method', 'tools/call', '--tool-name', tool, '--tool-args-json', JSON.stringify(input)]
  const said = await inspect(where, era, options)
  assert.equal(said.status, status, `${era} ${tool}: ${JSON.stringify(said)}`)
  return JSON.parse(said.out).result
}

const ask = async (where: Where, era: string): Promise<void> => {
  // Strict: a schema that some client does not understand is a failure. It has nothing to say where there is none.
  const listed = await inspect(where, era, ['--method', 'tools/list', '--strict'])
  assert.deepEqual([listed.status, listed.err], [0, ''], `${era} tools/list: ${JSON.stringify(listed)}`)
  const names = JSON.parse(listed.out).result.tools.map((tool: { name: string }) => tool.name)
  assert.deepEqual(names, ['code_execute', 'code_check'])

  const success = await call(where, era, 'code_execute', { code: 'print(6 * 7)', language: 'python' }, 0)
  assert.equal(success.content[0].text, 'stdout:\n42\nexit_code: 0\nresult: 42')
  const failure = await call(where, era, 'code_execute', { code: 'exit 3', language: 'bash' }, 0)
  assert.equal(failure.structuredContent.exit_code, 3)
  const rejection = await call(where, era, 'code_check', { code: 'import os' }, 0)
  assert.equal(rejection.structuredContent.approved, false)
  const mistake = await call(where, era, 'code_execute', { code: 'print(1)', timeout_seconds: 0 }, TOOL_ERROR)
  assert.match(mistake.content[0].text, /timeout_seconds is 0/)
}

const [transport] = process.argv.slice(2) as [string]
await reachable(transport, async where => {
  for (const era of ['legacy', 'modern']) {
    await ask(where, era)
    console.log(`ok ${era} over ${transport}`)
  }
})

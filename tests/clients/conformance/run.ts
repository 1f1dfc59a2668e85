// Holds a server to `@modelcontextprotocol/conformance`, in both revisions of the protocol: node run.ts WHAT
//
// WHAT is `product`, or `fixtures`: the product's server with what the referee asks for beside it. What may fail is in
// WHAT.json, by revision: a scenario, or `scenario:check`, with the reason. Everything else has to pass, also what the
// referee runs without scoring it; and what is listed has to fail, so that the list stays true.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { serving } from '../typescript/server.ts'

type Check = { id: string, status: string, errorMessage?: string, description?: string }
type Outcomes = Map<string, Check[]>

const referee = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js')

/** Every message on the wire has to be valid whatever the scenario asks for: naming a scenario does not excuse it. */
const NEVER_EXCUSED = 'wire-schema-valid'

/** Runs the scenarios of a revision and returns the checks of each. */
const outcomes = async (url: string, revision: string): Promise<Outcomes> => {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  try {
    const options = ['server', '--url', url, '--requirements', revision, '--output-dir', folder]
    const running =
      spawn(process.execPath, [referee, ...options], { stdio: ['ignore', 'ignore', 'inherit'], timeout: 90_000 })
    const [, signal] = await once(running, 'exit')
    assert(!signal, `the referee was ended by ${signal}`)
    return new Map(readdirSync(folder).map(entry => {
      const scenario = /^server-(.+?)-\d{4}-\d\d-\d\dT/.exec(entry)?.[1]
      assert(scenario, `what is ${entry}?`)
      return [scenario, JSON.parse(readFileSync(join(folder, entry, 'checks.json'), 'utf8'))]
    }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const judge = (outcomes: Outcomes, excused: Record<string, string>): string[] => {
  const used = new Set<string>()
  const problems: string[] = []
  for (const [scenario, checks] of outcomes) {
    if (checks.length === 0) problems.push(`${scenario}: no check ran`)
    for (const { id, status, errorMessage, description } of checks) {
      if (status !== 'FAILURE') continue
      const names = [`${scenario}:${id}`, ...id === NEVER_EXCUSED ? [] : [scenario]]
      const name = names.find(name => name in excused)
      if (name) used.add(name)
      else problems.push(`${scenario}:${id} failed: ${errorMessage ?? description}`)
    }
  }
  for (const name of Object.keys(excused)) {
    if (!used.has(name)) problems.push(`${name} is listed, and did not fail: take it off the list`)
  }
  return problems
}

const [what] = process.argv.slice(2) as [string]
const { CODE_EXECUTE: product, CONFORMANCE_FIXTURES: fixtures } = process.env
const commands: Record<string, (string | undefined)[]> = {
  product: [product, 'serve', '--listen', '127.0.0.1:0'],
  fixtures: [fixtures],
}
const command = commands[what]?.filter(word => word !== undefined)
assert(command?.length, 'WHAT is `product` or `fixtures`; CODE_EXECUTE and CONFORMANCE_FIXTURES name their programs')
const lists = JSON.parse(readFileSync(new URL(`${what}.json`, import.meta.url), 'utf8')) as Record<string, Record<string, string>>
let failed = false
await serving(command, async url => {
  for (const [revision, excused] of Object.entries(lists)) {
    const ran = await outcomes(url, revision)
    const problems = judge(ran, excused)
    const passed = [...ran.values()].flat().filter(({ status }) => status === 'SUCCESS').length
    assert(ran.size > 0 && passed > 0, `nothing ran at ${revision}`)
    for (const problem of problems) console.log(`FAILED ${problem}`)
    const listed = Object.keys(excused).length
    console.log(`${what}, ${revision}: ${ran.size} scenarios, ${passed} checks passed, ${listed} listed, ${problems.length} problems`)
    failed ||= problems.length > 0
  }
})
process.exit(failed ? 1 : 0)

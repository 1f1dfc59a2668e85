// Runs every scenario with one client over one transport: node run.ts CLIENT TRANSPORT
import assert from 'node:assert/strict'

import type { Adapter } from './adapters/adapter.ts'
import { Official1 } from './adapters/official-1.ts'
import { Official2 } from './adapters/official-2.ts'
import { VercelAi } from './adapters/vercel-ai.ts'
import { marker, sleeping, untilSleeping } from './processes.ts'
import { check, load, turns, type Scenario } from './scenarios.ts'
import { reachable } from './server.ts'

/** Longer than any scenario takes, on a machine with other work. */
const MILLISECONDS = 90_000

/** The official SDK kills a server that has not ended two seconds after it closed its end. */
const AT_MOST_TO_END = 1_500

const clients: Record<string, () => Adapter> = {
  'official-1': () => new Official1(),
  'official-2-handshake': () => new Official2('legacy', '2025-11-25'),
  'official-2-stateless': () => new Official2('auto', '2026-07-28'),
  'vercel-ai': () => new VercelAi(),
}

const called = async (adapter: Adapter, scenario: Scenario): Promise<void> => {
  const answers = await adapter.talk(turns(scenario))
  const given = scenario.error ? adapter.error : adapter.result
  for (const seen of answers) {
    const handedOn = new Set(Object.entries(seen).flatMap(([name, value]) => value === null ? [] : [name]))
    assert.deepEqual(handedOn, given, `what this client hands on: ${JSON.stringify(seen).slice(0, 500)}`)
  }
  check(scenario, answers)
}

const cancelled = async (adapter: Adapter, scenario: Scenario): Promise<void> => {
  const seconds = marker()
  const [[call]] = turns(scenario) as [[Scenario]]
  const code = call.code.replaceAll('{marker}', seconds)
  const signal = AbortSignal.timeout(MILLISECONDS)
  let since = 0
  const started = untilSleeping(seconds, scenario.cancel!, signal).then(() => { since = Date.now() })
  await adapter.abandon({ ...call, code }, started)
  await untilSleeping(seconds, 0, AbortSignal.timeout(10_000))
    .catch(() => assert.fail(`still there ten seconds after the cancellation: ${sleeping(seconds)}`))
  const took = Date.now() - since
  assert(took < AT_MOST_TO_END, `the program was there for ${took} ms after the cancellation`)
}

const run = async (adapter: Adapter, scenario: Scenario): Promise<boolean> => {
  const started = Date.now()
  const late = AbortSignal.timeout(MILLISECONDS)
  try {
    const work = scenario.cancel ? cancelled(adapter, scenario) : called(adapter, scenario)
    const tooLate = new Promise<never>((_, reject) => late.addEventListener('abort', () => reject(late.reason)))
    await Promise.race([work, tooLate])
    console.log(`ok ${scenario.name} (${((Date.now() - started) / 1000).toFixed(2)}s)`)
    return true
  } catch (problem) {
    console.log(`FAILED ${scenario.name}: ${problem instanceof assert.AssertionError ? problem.message : (problem as Error).stack}`)
    return false
  }
}

const scenarios = new URL('../scenarios.json', import.meta.url)
const [client, transport] = process.argv.slice(2) as [string, string]
const adapter = clients[client]?.()
assert(adapter, `the clients are ${Object.keys(clients)}, not ${client}`)
const outcomes = await reachable(transport, async where => {
  await adapter.connect(where)
  const outcomes: boolean[] = []
  for (const scenario of load(scenarios)) outcomes.push(await run(adapter, scenario))
  await adapter.close()
  return outcomes
})
const passed = outcomes.filter(Boolean).length
console.log(`${client} over ${transport}: ${passed} passed, ${outcomes.length - passed} failed`)
process.exit(passed === outcomes.length && passed > 0 ? 0 : 1)

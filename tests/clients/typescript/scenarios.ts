// What every client is asked for, and what it must be given: `scenarios.json` as TypeScript sees it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'

export type Arguments = { code: string, language?: string, timeout_seconds?: number, stdin?: string }
export type Values = Record<string, unknown>

/** What one call came to. `null` is what a client does not hand on. */
export type Seen = { text: string | null, values: Values | null, error: boolean | null }

type Text = { is?: string, starts?: string, ends?: string, has?: string[], most_bytes?: number }
type Expected = { text?: Text, values?: Record<string, unknown>, error?: boolean }
export type Scenario = Arguments & Expected &
  { name: string, why?: string, in_a_row?: number, at_once?: number, cancel?: number }

export const load = (path: URL): Scenario[] => JSON.parse(readFileSync(path, 'utf8'))

/** The calls that a model makes: those of one turn are made at once. */
export const turns = (scenario: Scenario): Arguments[][] => {
  const { code, language, timeout_seconds, stdin } = scenario
  const call = JSON.parse(JSON.stringify({ code, language, timeout_seconds, stdin })) as Arguments
  if (scenario.at_once) return [Array.from({ length: scenario.at_once }, (_, number) => filled(call, number))]
  return Array.from({ length: scenario.in_a_row ?? 1 }, () => [call])
}

export const check = (scenario: Scenario, answers: Seen[]): void => {
  assert.equal(answers.length, scenario.at_once ?? scenario.in_a_row ?? 1, 'answers')
  answers.forEach((seen, number) => checkAnswer(seen, scenario.at_once ? filled(scenario, number) : scenario))
}

/** The value with `{number}` and `{product}` filled in. */
const filled = <Value>(value: Value, number: number): Value =>
  JSON.parse(JSON.stringify(value).replaceAll('{number}', `${number}`).replaceAll('{product}', `${number * 10}`))

const checkAnswer = (seen: Seen, { text, values, error = false }: Expected): void => {
  assert(text && values, 'a scenario says what the text and the values are')
  if (seen.error !== null) assert.equal(seen.error, error, `isError is ${seen.error}: ${seen.text}`)
  if (seen.text !== null) checkText('the text', seen.text, text)
  if (seen.values !== null) checkValues(seen.values, values)
}

const checkValues = (values: Values, expected: Values): void => {
  for (const [name, wanted] of Object.entries(expected)) {
    const value = name === 'rules' ? (values.violations as { rule: string }[]).map(({ rule }) => rule) : values[name]
    if (wanted instanceof Object && !Array.isArray(wanted)) {
      assert(typeof value === 'string', `${name} is ${JSON.stringify(value)}`)
      checkText(name, value, wanted)
    } else {
      assert(isDeepStrictEqual(value, wanted), `${name} is ${JSON.stringify(value)}, not ${JSON.stringify(wanted)}`)
    }
  }
}

const checkText = (name: string, text: string, { is, starts, ends, has, most_bytes }: Text): void => {
  const said = text.length < 400 ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, 60))} ... ${JSON.stringify(text.slice(-60))}`
  const must = (met: boolean, how: string, wanted: unknown): void =>
    assert(met, `${name}: ${how} ${JSON.stringify(wanted)} is not so: ${said}`)
  must(text.isWellFormed(), 'is', 'text without lone surrogates')
  if (is !== undefined) must(text === is, 'is', is)
  if (starts !== undefined) must(text.startsWith(starts), 'starts', starts)
  if (ends !== undefined) must(text.endsWith(ends), 'ends', ends)
  for (const part of has ?? []) must(text.includes(part), 'has', part)
  if (most_bytes !== undefined) must(Buffer.byteLength(text) <= most_bytes, 'most_bytes', most_bytes)
}

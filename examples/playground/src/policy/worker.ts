// The worker that a policy runs in. It stands before the generated JavaScript in the same script and is handed that
// script's `instantiate`. It asks and passes on; what comes back is checked by the page.

import type { Described, Failed, Interfaces, Question, Reply, Reviewed, Start, Step } from './messages.ts'
import type { Captured, Instance, Violation } from './wit.ts'

type Instantiate = (
  module: (name: string) => WebAssembly.Module,
  imports: Record<string, never>,
) => Record<string, unknown>

declare global {
  var servePolicy: (instantiate: Instantiate) => void
}

// The generated JavaScript decodes text leniently: broken UTF-8 would pass, and a byte order mark would be lost. The
// host takes neither liberty.
globalThis.TextDecoder = class extends TextDecoder {
  constructor() {
    super('utf-8', { fatal: true, ignoreBOM: true })
  }
}

/** As many as the host takes, and one more, so that the page sees that it was too many. */
const MOST_VIOLATIONS = 1_001

const NOTHING: Captured = { head: new Uint8Array(), tail: new Uint8Array(), omittedBytes: 0n }

globalThis.servePolicy = instantiate => {
  let start: Start
  addEventListener('message', event => {
    if ('modules' in event.data) {
      start = event.data
    } else {
      answer(event.data, () => instance(instantiate, start))
    }
  })
}

function answer(question: Question, fresh: () => Instance): void {
  const reply = (said: Reply) => postMessage(said)
  let step: Step = 'instantiate'
  const begin = (next: Step) => reply({ id: question.id, step: (step = next) })
  try {
    begin('instantiate')
    const policy = fresh()
    const { id, submission } = question
    if (submission) reply({ id, reviewed: review(policy, question, submission, begin) })
    else reply({ id, described: describe(policy, question, begin) })
  } catch (error) {
    reply({ id: question.id, failed: failed(step, error) })
  }
}

/** A fresh instance, linked to nothing. */
function instance(instantiate: Instantiate, { modules, interfaces }: Start): Instance {
  const named = new Map(modules)
  const exported = instantiate(name => {
    const module = named.get(name)
    if (!module) throw new Error(`there is no core module ${name}`)
    return module
  }, {})
  const found: Record<string, unknown> = {}
  for (const [name, key] of Object.entries(interfaces) as [keyof Interfaces, string][]) {
    found[name] = exported[key]
  }
  return found as unknown as Instance
}

function describe(policy: Instance, question: Question, begin: (step: Step) => void): Described {
  const problems = configure(policy, question, begin)
  if (problems.length > 0) return { problems }
  begin('describe')
  return { problems, description: policy.scanner.describe() }
}

function review(
  policy: Instance,
  question: Question,
  { language, code }: { language: string; code: string },
  begin: (step: Step) => void,
): Reviewed {
  const started = performance.now()
  const problems = configure(policy, question, begin)
  if (problems.length > 0) return { problems, violations: [], milliseconds: 0 }
  begin('scan')
  const violations = policy.scanner.scan({ language, code, attributes: [] }).slice(0, MOST_VIOLATIONS)
  const reviewed: Reviewed = { problems, violations, milliseconds: performance.now() - started }
  const forbidden = violations.filter(({ severity }) => severity !== 'suspicious')
  if (forbidden.length > 0) {
    begin('format')
    try {
      reviewed.text = policy.formatter.format(rejection(language, forbidden)).text
    } catch (error) {
      reviewed.unworded = failed('format', error)
    }
  }
  return reviewed
}

function configure(policy: Instance, { configuration }: Question, begin: (step: Step) => void) {
  if (!policy.configuration || configuration === '') return []
  begin('configure')
  return policy.configuration.configure(configuration).slice(0, MOST_VIOLATIONS)
}

function rejection(language: string, forbidden: Violation[]) {
  return {
    language,
    status: 'rejected',
    exitCode: undefined,
    signal: undefined,
    stdout: NOTHING,
    stderr: NOTHING,
    timeoutSeconds: 0,
    reasons: forbidden.map(({ rule, span, excerpt, message, remedy }) => {
      return { rule, line: span.line, column: span.column, excerpt, message, remedy }
    }),
    detail: undefined,
    attributes: [],
  }
}

function failed(step: Step, error: unknown): Failed {
  const why = error instanceof Error ? error.message : String(error)
  if (error instanceof RangeError && why.includes('call stack')) return { step, how: 'stack', why }
  return { step, how: error instanceof WebAssembly.RuntimeError ? 'trap' : 'malformed', why }
}

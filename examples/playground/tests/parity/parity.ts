// The page's policy without the page: what it answers, in the form that the host writes.

import { PolicyClient } from '../../src/policy/client.ts'
import { builtIn } from '../../src/policy/loaded.ts'

interface Program {
  id: string
  language: string
  code: string
}

declare global {
  var verdicts: (programs: Program[]) => Promise<string[]>
}

const client = builtIn().then(policy => new PolicyClient(policy))

/** One line for each program, with the keys in the host's order. Every review gets a fresh instance. */
globalThis.verdicts = async programs => {
  const policy = await client
  return await Promise.all(programs.map(program => verdict(policy, program)))
}

async function verdict(policy: PolicyClient, { id, language, code }: Program): Promise<string> {
  const { findings } = await policy.review(language, code)
  const violations = findings.map(({ rule, severity, span, excerpt, message, remedy }) => {
    const { start, end, line, column } = span
    return { rule, severity, start, end, line, column, excerpt, message, remedy }
  })
  return JSON.stringify({ id, violations })
}

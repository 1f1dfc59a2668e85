// Every answer of a policy is checked here before anyone sees it, as the host checks it.

import { places, type Place } from '../text/places.ts'
import type { Described, Reviewed, Step } from './messages.ts'
import { PolicyProblem } from './problem.ts'
import type { Description, Problem, Rule, Violation } from './wit.ts'

const MOST_VIOLATIONS = 1_000
/** At most this many units of words in one violation. */
const LONGEST_WORDS = 16 << 10
/** More rules than this nobody reads, and the page would be slow to show them. */
const MOST_RULES = 2_000

export type Severity = 'forbidden' | 'suspicious'

/** A violation that can be shown: its place is a place of the code. */
export interface Finding {
  rule: string
  severity: Severity
  start: Place
  end: Place
  span: Violation['span']
  excerpt: string
  message: string
  remedy: string
}

/** Checks what a review found in `code`, or says what is wrong with it. */
export function findings({ violations }: Reviewed, code: string): Finding[] {
  list('scan', violations, 'violation', MOST_VIOLATIONS)
  for (const violation of violations) checkWords(violation)
  const known = places(code, violations.flatMap(({ span }) => [span.start, span.end]))
  return violations.map(violation => placed(violation, known))
}

/** Checks what a policy says of itself. */
export function description({ description }: Described): Description {
  const said = object<Description>('describe', description)
  strings('describe', said, ['name', 'version', 'summary'])
  list('describe', said.rules, 'rule', MOST_RULES)
  for (const rule of said.rules) checkRule(rule)
  return said
}

/** Checks what a policy says about its configuration. */
export function problems(step: Step, said: unknown): Problem[] {
  list(step, said, 'problem', MOST_VIOLATIONS)
  for (const problem of said as Problem[]) {
    object(step, problem)
    strings(step, problem, ['message'])
    numbers(step, problem, ['line', 'column'])
  }
  return said as Problem[]
}

/** Checks the text of a formatter. */
export function text(said: unknown): string {
  if (typeof said !== 'string') throw malformed('format', 'no text')
  if (said === '') throw malformed('format', 'the text is empty')
  return said
}

function checkWords(violation: Violation): void {
  object('scan', violation)
  strings('scan', violation, ['rule', 'severity', 'excerpt', 'message', 'remedy'])
  numbers('scan', object('scan', violation.span), ['start', 'end', 'line', 'column'])
  const { rule, excerpt, message, remedy } = violation
  if (!/^[a-z0-9-]{1,64}$/.test(rule)) {
    throw malformed('scan', `rule id ${JSON.stringify(rule).slice(0, 80)} is not kebab-case`)
  }
  const words = excerpt.length + message.length + remedy.length
  if (words > LONGEST_WORDS) {
    throw malformed('scan', `${words} characters of words for \`${rule}\`; at most ${LONGEST_WORDS} are taken`)
  }
}

function placed(violation: Violation, known: Map<number, Place>): Finding {
  const { rule, span, excerpt, message, remedy } = violation
  const start = known.get(span.start)
  const end = known.get(span.end)
  if (!start) {
    throw malformed('scan', `\`${rule}\`: span starts at byte ${span.start}, which is no character of the code`)
  }
  if (!end || span.end < span.start) {
    throw malformed('scan', `\`${rule}\`: span ends at byte ${span.end}, which is no character after its start`)
  }
  if (start.line !== span.line || start.column !== span.column) {
    const place = `line ${start.line}, column ${start.column}`
    throw malformed('scan', `\`${rule}\`: byte ${span.start} is ${place}, not ${span.line}:${span.column}`)
  }
  // Any word but `suspicious` is taken for forbidden: a word that nobody knows must not let code through.
  const severity = violation.severity === 'suspicious' ? 'suspicious' : 'forbidden'
  return { rule, severity, start, end, span, excerpt, message, remedy }
}

function checkRule(rule: Rule): void {
  object('describe', rule)
  strings('describe', rule, ['id', 'language', 'severity', 'title', 'reason', 'remedy'])
  for (const programs of [rule.matches, rule.nonMatches]) {
    list('describe', programs, 'program', MOST_RULES)
    if (!programs.every(program => typeof program === 'string')) throw malformed('describe', 'an example is no text')
  }
}

function list(step: Step, said: unknown, what: string, most: number): void {
  if (!Array.isArray(said)) throw malformed(step, `no list of ${what}s`)
  if (said.length > most) throw malformed(step, `${said.length} ${what}s or more; at most ${most} are taken`)
}

function object<T extends object>(step: Step, said: T | undefined): T {
  if (typeof said !== 'object' || said === null) throw malformed(step, 'a record is missing')
  return said
}

function strings<T extends object>(step: Step, said: T, names: (keyof T & string)[]): void {
  for (const name of names) {
    if (typeof said[name] !== 'string') throw malformed(step, `\`${name}\` is no text`)
  }
}

function numbers<T extends object>(step: Step, said: T, names: (keyof T & string)[]): void {
  for (const name of names) {
    if (typeof said[name] !== 'number') throw malformed(step, `\`${name}\` is no number`)
  }
}

function malformed(step: Step, what: string): PolicyProblem {
  return new PolicyProblem(
    `The policy answered something malformed in \`${step}\`: ${what}`,
    'The host would not run the code: the answer must be as the interface says.',
  )
}

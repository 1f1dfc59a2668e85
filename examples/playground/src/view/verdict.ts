// The line that says what became of the code.

import type { Review } from '../policy/client.ts'
import { PolicyProblem } from '../policy/problem.ts'
import { element, worded } from './dom.ts'
import { counted, sign } from './severity.ts'

export type Kind = 'waiting' | 'approved' | 'rejected' | 'failed'

export interface Verdict {
  kind: Kind
  headline: string
  detail: string
}

export const READING: Verdict = { kind: 'waiting', headline: 'Reading…', detail: '' }

/** The verdict of a review. */
export function verdictOf({ findings, problems, milliseconds }: Review): Verdict {
  if (problems.length > 0) {
    const many = problems.length === 1 ? 'a problem' : `${problems.length} problems`
    const detail = 'With a problem nothing of a configuration holds, and the host does not use the policy.'
    return { kind: 'failed', headline: `The configuration has ${many}`, detail }
  }
  const severities = findings.map(({ severity }) => severity)
  const rejected = severities.includes('forbidden')
  const time = `reviewed in ${milliseconds < 1 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`
  const found = severities.length === 0 ? 'nothing found' : counted(severities)
  return {
    kind: rejected ? 'rejected' : 'approved',
    headline: rejected ? 'Rejected: the code would not run' : 'Approved: the code would run',
    detail: `${found} · ${time}`,
  }
}

/** The verdict where there is none. */
export function verdictOfProblem(problem: unknown): Verdict {
  if (problem instanceof PolicyProblem) return { kind: 'failed', headline: problem.message, detail: problem.hint }
  return { kind: 'failed', headline: 'This page failed', detail: (problem as Error).message }
}

/** Shows a verdict in its line. */
export function showVerdict(line: HTMLElement, { kind, headline, detail }: Verdict): void {
  line.className = `verdict ${kind}`
  const signs = { waiting: undefined, approved: 'approved', rejected: 'forbidden', failed: 'suspicious' } as const
  const shape = signs[kind]
  line.replaceChildren(
    ...(shape ? [sign(shape)] : []),
    element('span', {}, element('strong', {}, worded(headline)), element('span', { className: 'detail' }, worded(detail))),
  )
}

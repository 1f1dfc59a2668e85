// Two policies on the same code: where they agree, and in which words that is said.

import type { Finding } from '../policy/answers.ts'

/** Whether a finding has no counterpart: none of the others touches its place with the same severity. */
export function standsAlone(finding: Finding, others: Finding[]): boolean {
  return !others.some(other => {
    const touches =
      other.span.start === finding.span.start ||
      (other.span.start < finding.span.end && finding.span.start < other.span.end)
    return touches && other.severity === finding.severity
  })
}

/** One sentence on both verdicts. */
export function comparison(first: Side, second: Side): string {
  const [one, other] = [rejects(first), rejects(second)]
  if (one !== other) {
    const [strict, lenient] = one ? [first, second] : [second, first]
    return `They disagree: ${strict.name} rejects the code, ${lenient.name} approves it.`
  }
  const alone = count(first, second) + count(second, first)
  const both = one ? 'Both reject the code' : 'Both approve the code'
  if (alone === 0) return `${both}, at the same places.`
  return `${both}; ${alone} ${alone === 1 ? 'finding has' : 'findings have'} no counterpart.`
}

export interface Side {
  name: string
  findings: Finding[]
}

function rejects({ findings }: Side): boolean {
  return findings.some(({ severity }) => severity === 'forbidden')
}

function count(side: Side, other: Side): number {
  return side.findings.filter(finding => standsAlone(finding, other.findings)).length
}

// One finding: in the list beside the code, and in the box at the code.

import type { Finding } from '../policy/answers.ts'
import type { Rule } from '../policy/wit.ts'
import { element, sentence } from './dom.ts'
import { sign } from './severity.ts'

export interface FindingOptions {
  finding: Finding
  /** What the policy says of the rule, where it describes it. */
  rule: Rule | undefined
  /** Where there are two policies: whether the other one speaks of the same place. */
  alone: boolean | undefined
  goTo(): void
  explain(): void
}

/** An entry of the list. Its first line is a button that goes to the place. */
export function entry({ finding, rule, alone, goTo, explain }: FindingOptions): HTMLLIElement {
  const { severity, start, excerpt } = finding
  const place = element(
    'button',
    { type: 'button', className: 'place', onclick: goTo },
    sign(severity),
    element('span', { className: 'severity' }, severity),
    element('span', { className: 'where' }, ` line ${start.line}, column ${start.column} `),
    element('code', {}, excerpt),
  )
  const about = element(
    'p',
    { className: 'about' },
    element('button', { type: 'button', className: 'rule', onclick: explain }, finding.rule),
    alone === true && element('span', { className: 'tag' }, 'only here'),
  )
  return element('li', { className: `finding ${severity}` }, place, ...words(finding, rule), about)
}

/** The box at the code. */
export function box(finding: Finding, rule: Rule | undefined, policy: string): HTMLElement {
  const name = element('p', { className: 'rule' }, `${finding.severity} · ${finding.rule} · ${policy}`)
  return element('div', {}, name, ...words(finding, rule))
}

/** What is said of a finding where nothing can be shown. */
export function spoken({ severity, start, rule, message, remedy }: Finding): string {
  const remedied = remedy === '' ? '' : ` Instead: ${remedy}.`
  return `${severity}, line ${start.line}, column ${start.column}, ${rule}: ${message}.${remedied}`
}

function words({ message, remedy }: Finding, rule: Rule | undefined): HTMLElement[] {
  const lines = [element('p', { className: 'message' }, sentence(message))]
  if (rule && rule.reason !== '') lines.push(element('p', { className: 'reason' }, sentence(rule.reason)))
  if (remedy !== '') {
    lines.push(element('p', { className: 'remedy' }, element('strong', {}, 'Instead: '), sentence(remedy)))
  }
  return lines
}

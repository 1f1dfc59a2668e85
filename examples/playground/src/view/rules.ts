// The rules of the open policies, as they describe them, with their examples.

import type { Opened } from '../opened.ts'
import type { Rule } from '../policy/wit.ts'
import type { Submission } from '../submission.ts'
import { byId, element, sentence, worded } from './dom.ts'
import { sign } from './severity.ts'

export class RulesDialog {
  private readonly dialog = byId<HTMLDialogElement>('rules')
  private readonly search = element('input', { type: 'search', id: 'rules-search', placeholder: 'Search' })
  private readonly which = element('select', { id: 'rules-policy' })
  private readonly count = element('p', { className: 'count', role: 'status' })
  private readonly list = element('div', { className: 'rules', tabIndex: -1 })
  private readonly choose: (example: Submission) => void
  private policies: Opened[] = []

  constructor(choose: (example: Submission) => void) {
    this.choose = choose
    const close = element('button', { type: 'button', className: 'quiet', onclick: () => this.dialog.close() }, 'Close')
    this.search.oninput = this.which.onchange = () => this.show()
    this.dialog.append(
      element('header', {}, element('h2', { id: 'rules-heading' }, 'Rules'), close),
      element(
        'div',
        { className: 'search' },
        element('label', { className: 'hidden', htmlFor: this.search.id }, 'Search the rules'),
        this.search,
        element('label', { className: 'hidden', htmlFor: this.which.id }, 'Policy'),
        this.which,
        this.count,
      ),
      this.list,
    )
    // A click beside the dialog closes it, as Escape does.
    this.dialog.addEventListener('click', event => {
      if (event.target === this.dialog) this.dialog.close()
    })
  }

  /** Opens with the rules of the first policy, or with one rule of the policy that it belongs to. */
  open(policies: Opened[], policy = policies[0], rule?: string): void {
    this.policies = policies
    this.which.replaceChildren(
      ...policies.map(({ name }, index) => element('option', { value: String(index) }, name)),
    )
    this.which.hidden = policies.length < 2
    this.which.value = String(policy ? policies.indexOf(policy) : 0)
    this.search.value = rule ?? ''
    this.show()
    this.dialog.showModal()
    if (rule !== undefined) this.unfold(rule)
  }

  private unfold(rule: string): void {
    const found = this.list.querySelector<HTMLDetailsElement>(`#rule-${CSS.escape(rule)}`)
    if (!found) return
    found.open = true
    found.querySelector('summary')?.focus()
  }

  private show(): void {
    const rules = this.policies[Number(this.which.value)]?.description.rules ?? []
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean)
    const found = rules.filter(({ id, title, language, severity, reason }) => {
      const text = `${id} ${title} ${language} ${severity} ${reason}`.toLowerCase()
      return words.every(word => text.includes(word))
    })
    this.count.textContent = found.length === 1 ? '1 rule' : `${found.length} rules`
    this.list.replaceChildren(...found.map(rule => this.entry(rule)))
  }

  private entry(rule: Rule): HTMLElement {
    const severity = rule.severity === 'suspicious' ? 'suspicious' : 'forbidden'
    return element(
      'details',
      { id: `rule-${rule.id}`, className: severity },
      element(
        'summary',
        {},
        sign(severity),
        element('span', { className: 'title' }, worded(rule.title)),
        element('span', { className: 'id' }, rule.id),
        element('span', { className: 'severity' }, severity),
      ),
      element('p', {}, sentence(rule.reason)),
      rule.remedy !== '' && element('p', {}, element('strong', {}, 'Instead: '), sentence(rule.remedy)),
      this.programs('Finds something in', rule, rule.matches),
      this.programs('Finds nothing in', rule, rule.nonMatches),
    )
  }

  private programs(heading: string, { id, language }: Rule, programs: string[]): HTMLElement | false {
    if (programs.length === 0) return false
    const entries = programs.map((code, index) => {
      const use = () => {
        this.dialog.close()
        this.choose({ language: language === 'bash' ? 'bash' : 'python', code })
      }
      const name = `${heading.toLowerCase()}: program ${index + 1} of ${id}`
      const button = element('button', { type: 'button', className: 'quiet', 'aria-label': `Try what it ${name}`, onclick: use }, 'Try')
      const program = element('pre', { tabIndex: 0, role: 'region', 'aria-label': `It ${name}` }, code)
      return element('li', {}, program, button)
    })
    return element('div', { className: 'programs' }, element('h3', {}, heading), element('ul', {}, ...entries))
  }
}

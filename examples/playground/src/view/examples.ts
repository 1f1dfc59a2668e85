// The menu of examples: for each rule, the first program that it must find something in, as the policy describes it.

import type { Rule } from '../policy/wit.ts'
import type { Submission } from '../submission.ts'
import { byId, element } from './dom.ts'
import { sign } from './severity.ts'

const HEADINGS = { python: 'Python', bash: 'Bash' }

export class ExamplesMenu {
  private readonly button = byId<HTMLButtonElement>('examples')
  private readonly menu = byId('examples-menu')
  private readonly choose: (example: Submission) => void

  constructor(choose: (example: Submission) => void) {
    this.choose = choose
    this.button.onclick = () => this.toggle(this.menu.hidden !== false)
    this.button.onkeydown = event => {
      if (event.key === 'ArrowDown' && this.menu.hidden) this.toggle(true, event)
    }
    this.menu.onkeydown = event => this.move(event)
    // Choosing elsewhere, or leaving with Tab, closes it.
    this.menu.addEventListener('focusout', ({ relatedTarget }) => {
      if (!this.menu.contains(relatedTarget as Node) && relatedTarget !== this.button) this.toggle(false)
    })
    document.addEventListener('pointerdown', ({ target }) => {
      if (!this.menu.parentElement?.contains(target as Node)) this.toggle(false)
    })
  }

  /** Offers the examples of these rules. */
  show(rules: Rule[]): void {
    const groups = (['python', 'bash'] as const).map(language => {
      const known = rules.filter(rule => rule.language === language && rule.matches.length > 0)
      const id = `examples-${language}`
      const heading = element('p', { id, role: 'presentation' }, HEADINGS[language])
      return element(
        'div',
        { role: 'group', 'aria-labelledby': id },
        heading,
        ...known.map(rule => this.entry(rule, { language, code: rule.matches[0] ?? '' })),
      )
    })
    this.menu.replaceChildren(...groups)
  }

  private entry(rule: Rule, example: Submission): HTMLElement {
    const severity = rule.severity === 'suspicious' ? 'suspicious' : 'forbidden'
    const title = element('span', {}, rule.title.replaceAll('`', ''))
    const word = element('span', { className: 'hidden' }, `, ${severity}`)
    const choose = () => {
      this.toggle(false)
      this.choose(example)
    }
    return element('button', { type: 'button', role: 'menuitem', tabIndex: -1, onclick: choose }, sign(severity), title, word)
  }

  private toggle(open: boolean, event?: Event): void {
    event?.preventDefault()
    if (open === !this.menu.hidden) return
    const inside = this.menu.contains(document.activeElement)
    this.menu.hidden = !open
    this.button.setAttribute('aria-expanded', String(open))
    if (open) this.items()[0]?.focus({ preventScroll: true })
    else if (inside) this.button.focus()
  }

  private items(): HTMLElement[] {
    return [...this.menu.querySelectorAll<HTMLElement>('[role=menuitem]')]
  }

  private move(event: KeyboardEvent): void {
    const items = this.items()
    const at = items.indexOf(document.activeElement as HTMLElement)
    const to = this.target(event.key, items, at)
    if (to) {
      event.preventDefault()
      to.focus()
    } else if (event.key === 'Escape') {
      this.toggle(false, event)
    }
  }

  private target(key: string, items: HTMLElement[], at: number): HTMLElement | undefined {
    switch (key) {
      case 'ArrowDown':
        return items[(at + 1) % items.length]
      case 'ArrowUp':
        return items.at(at - 1)
      case 'Home':
        return items[0]
      case 'End':
        return items.at(-1)
      default: {
        // A letter goes to the next entry that begins with it.
        if (!/^[\p{L}\d]$/u.test(key)) return undefined
        const after = [...items.slice(at + 1), ...items.slice(0, at + 1)]
        return after.find(item => item.textContent?.trim().toLowerCase().startsWith(key.toLowerCase()))
      }
    }
  }
}

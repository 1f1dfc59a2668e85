// The configuration of a policy that takes one: an editor, and what is wrong with the text, line by line.

import { Editor } from '../editor/editor.ts'
import type { Opened } from '../opened.ts'
import type { Problem } from '../policy/wit.ts'
import { element, sentence } from './dom.ts'

/** In milliseconds: who writes a configuration is not told of each half-written word. */
const PAUSE = 300

export class ConfigurationView {
  readonly root: HTMLElement
  private readonly policy: Opened
  private readonly configured: () => void
  private readonly problems = element('ol', { className: 'problems', hidden: true })
  private readonly place = element('div', { className: 'editor small' })
  private readonly details: HTMLDetailsElement
  private editor: Editor | undefined
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(policy: Opened, configured: () => void) {
    this.policy = policy
    this.configured = configured
    this.details = element('details', {}, element('summary', {}, 'Configuration'), this.place, this.problems)
    this.details.ontoggle = () => this.open()
    const none = element('p', { className: 'reason' }, 'This policy takes no configuration.')
    this.root = element('section', { className: 'configuration' }, policy.configurable ? this.details : none)
  }

  /** Shows a configuration that did not come from the editor. */
  show(): void {
    if (!this.policy.configurable) return
    this.details.open = this.details.open || this.policy.text !== ''
    if (this.editor?.text !== this.policy.text) this.editor?.replace(this.policy.text)
  }

  showProblems(found: Problem[]): void {
    this.problems.replaceChildren(...found.map(problem => this.entry(problem)))
    this.problems.hidden = found.length === 0
    if (found.length > 0) this.details.open = true
    this.open()
    this.editor?.underline(
      found.map(({ line, column, message }) => {
        const { from, to } = this.editor?.range(line, column) ?? { from: 0, to: 0 }
        return { from, to, severity: 'forbidden', message, box: () => element('p', {}, sentence(message)) }
      }),
    )
  }

  private entry({ line, column, message }: Problem): HTMLElement {
    const where = line === 0 ? 'the whole' : column === 0 ? `line ${line}` : `line ${line}, column ${column}`
    const goTo = () => this.editor?.goToLine(line, column)
    const button = element('button', { type: 'button', className: 'place', onclick: goTo }, where)
    return element('li', {}, button, element('p', { className: 'message' }, sentence(message)))
  }

  /** Makes the editor when it is first seen. */
  private open(): void {
    if (!this.details.open || this.editor) return
    this.editor = new Editor({
      parent: this.place,
      label: `Configuration of ${this.policy.name}`,
      grammar: 'toml',
      text: this.policy.text,
      changed: text => this.changed(text),
    })
  }

  private changed(text: string): void {
    clearTimeout(this.timer)
    if (text === this.policy.text) return
    this.timer = setTimeout(() => {
      this.policy.text = text
      this.configured()
    }, PAUSE)
  }
}

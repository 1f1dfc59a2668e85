// What a policy is: its name, where it comes from, and the choice between the two that are embedded in the host.

import type { Base, Opened } from '../opened.ts'
import { element } from './dom.ts'

const BASES: [Base, string][] = [
  ['default', 'Forbids importing what can do harm, as the contract says'],
  ['balanced', 'Allows the imports, and judges what they are used for'],
]

export class PolicyHeader {
  readonly root: HTMLElement
  /** The ids of what names the policy: two may have one name, and differ in where they come from. */
  readonly ids: string
  private readonly policy: Opened
  private readonly title: HTMLElement

  constructor(policy: Opened, configured: () => void, remove?: () => void) {
    this.policy = policy
    const id = policy.builtIn ? 'policy-default' : 'policy-own'
    this.ids = `${id} ${id}-origin`
    this.title = element('h3', { id })
    const from = element('p', { id: `${id}-origin`, className: 'origin' }, ...origin(policy))
    const closing = remove && element('button', { type: 'button', className: 'quiet', onclick: remove }, 'Remove')
    this.root = element(
      'header',
      {},
      element('div', { className: 'names' }, this.title, from),
      policy.builtIn ? bases(policy, configured) : closing,
    )
    this.show()
  }

  show(): void {
    const { name, description } = this.policy
    this.title.replaceChildren(name, element('span', {}, description.version))
    for (const radio of this.root.querySelectorAll<HTMLInputElement>('[name=base]')) {
      radio.checked = radio.value === this.policy.base
    }
  }
}

function origin({ file, loaded: { sha256, size } }: Opened): (Node | string)[] {
  const bytes = `${Math.max(1, Math.round(size / 1024)).toLocaleString('en')} KiB`
  const hash = element('code', { title: `SHA-256 of the component: ${sha256}` }, `${sha256.slice(0, 12)}…`)
  return [`${file ?? 'the host’s own'} · ${bytes}`, ...(sha256 === '' ? [] : [' · SHA-256 ', hash])]
}

function bases(policy: Opened, configured: () => void): HTMLElement {
  const choices = BASES.map(([base, title]) => {
    const radio = element('input', {
      type: 'radio',
      name: 'base',
      value: base,
      checked: base === policy.base,
      disabled: base !== 'default' && !policy.configurable,
      onchange: () => {
        policy.base = base
        configured()
      },
    })
    const why = radio.disabled ? 'This build of the policy takes no configuration' : title
    return element('label', { title: why }, radio, element('span', {}, base))
  })
  const legend = element('legend', { className: 'hidden' }, 'Which of the host’s policies')
  return element('fieldset', { className: 'segments small' }, legend, ...choices)
}

// Makes elements. Text goes in as text: what a policy or a submission says never becomes markup.

type Child = Node | string | undefined | false

/** An element with properties, attributes where the name has a dash or is `role`, and children. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Record<string, unknown> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes('-') || key === 'role') made.setAttribute(key, String(value))
    else (made as unknown as Record<string, unknown>)[key] = value
  }
  made.append(...children.filter(child => child !== undefined && child !== false))
  return made
}

/** The element of the page with an id. */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no element #${id}`)
  return found as Kind
}

/** A text in which what stands between backticks is code. */
export function worded(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment()
  text.split('`').forEach((part, index) => {
    fragment.append(index % 2 === 1 ? element('code', {}, part) : part)
  })
  return fragment
}

/** A sentence, with a capital and a full stop: the interface's sentences may come without. */
export function sentence(text: string): DocumentFragment {
  const fragment = worded(text.replace(/^[a-z]/, letter => letter.toUpperCase()))
  if (!/[.!?]$/.test(text)) fragment.append('.')
  return fragment
}

// Forbidden and suspicious, told apart by shape and word; colour only repeats it.

import type { Severity } from '../policy/answers.ts'

const SHAPES = {
  // An octagon with a bar.
  forbidden: ['M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z', 'M4.5 8h7'],
  // A triangle with a mark.
  suspicious: ['M8 1.8L15 14H1z', 'M8 6v4M8 11.8v.4'],
  // A disc with a tick.
  approved: ['M8 1a7 7 0 100 14A7 7 0 008 1z', 'M4.8 8.3l2.2 2.2 4.2-4.6'],
}

/** A sign for the eye; the word stands beside it. */
export function sign(kind: keyof typeof SHAPES): SVGSVGElement {
  const svg = svgElement('svg', { viewBox: '0 0 16 16', width: '16', height: '16', class: `sign ${kind}` })
  svg.setAttribute('aria-hidden', 'true')
  const [outline, mark] = SHAPES[kind]
  svg.append(svgElement('path', { d: outline ?? '', class: 'outline' }))
  svg.append(svgElement('path', { d: mark ?? '', class: 'mark' }))
  return svg
}

/** `1 forbidden, 2 suspicious`. */
export function counted(severities: Severity[]): string {
  const forbidden = severities.filter(severity => severity === 'forbidden').length
  const suspicious = severities.length - forbidden
  const parts = [forbidden && `${forbidden} forbidden`, suspicious && `${suspicious} suspicious`]
  return parts.filter(Boolean).join(', ')
}

function svgElement<Name extends keyof SVGElementTagNameMap>(name: Name, attributes: Record<string, string>) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

// One message above the findings: a file that is no policy, a link that cannot be read.

import { announce } from './announce.ts'
import { byId, element, worded } from './dom.ts'

export function notice(headline: string, detail: string): void {
  const place = byId('notice')
  const close = element('button', { type: 'button', className: 'quiet', onclick: hideNotice }, 'Dismiss')
  place.replaceChildren(
    element('div', {}, element('strong', {}, worded(headline)), element('p', {}, worded(detail))),
    close,
  )
  place.hidden = false
  announce(`${headline}. ${detail}`)
}

export function hideNotice(): void {
  byId('notice').hidden = true
}

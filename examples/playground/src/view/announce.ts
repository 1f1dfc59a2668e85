import { byId } from './dom.ts'

/** Says something to who listens to the page. The same words twice in a row are said once. */
export function announce(words: string): void {
  const status = byId('status')
  if (status.textContent !== words) status.textContent = words
}

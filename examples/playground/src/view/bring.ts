// Takes a policy file from the button or from a drop anywhere on the page.

import { byId } from './dom.ts'

export function takeFiles(take: (file: File) => void): void {
  const input = byId<HTMLInputElement>('file')
  byId('bring').onclick = () => input.click()
  input.onchange = () => {
    const file = input.files?.[0]
    if (file) take(file)
    // The same file again, built anew, is a change too.
    input.value = ''
  }

  const overlay = byId('drop')
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
  addEventListener('dragover', event => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    overlay.hidden = false
  })
  addEventListener('dragleave', event => {
    if (event.relatedTarget === null) overlay.hidden = true
  })
  // Before the editor, which would take a file for text.
  addEventListener(
    'drop',
    event => {
      overlay.hidden = true
      const file = event.dataTransfer?.files[0]
      if (!file) return
      event.preventDefault()
      event.stopPropagation()
      take(file)
    },
    { capture: true },
  )
}

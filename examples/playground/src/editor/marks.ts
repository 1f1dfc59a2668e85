// What was found, in the text: an underline whose form says how severe it is, a sign beside the line, and a box with
// the words where the pointer or F8 goes.

import {
  forEachDiagnostic,
  linter,
  lintGutter,
  nextDiagnostic,
  previousDiagnostic,
  setDiagnostics,
  type Diagnostic,
} from '@codemirror/lint'
import type { Extension } from '@codemirror/state'
import { keymap, type Command, type EditorView } from '@codemirror/view'
import type { Severity } from '../policy/answers.ts'

/** A range of the text, in UTF-16 code units, and what stands in the box. */
export interface Mark {
  from: number
  to: number
  severity: Severity
  message: string
  box(): Node
}

/** What an editor needs to show marks. `reached` is told what stands where F8 went. */
export function marks(reached: (message: string) => void): Extension {
  const going = (move: Command): Command => view => {
    const moved = move(view)
    const { from, to } = view.state.selection.main
    forEachDiagnostic(view.state, (diagnostic, start, end) => {
      if (start === from && end === to) reached(diagnostic.message)
    })
    return moved
  }
  return [
    linter(null),
    lintGutter(),
    keymap.of([
      { key: 'F8', run: going(nextDiagnostic) },
      { key: 'Shift-F8', run: going(previousDiagnostic) },
    ]),
  ]
}

/** Shows marks in place of those before. */
export function show(view: EditorView, found: Mark[]): void {
  const { length } = view.state.doc
  const diagnostics = found.map(({ from, to, severity, message, box }): Diagnostic => {
    return {
      from: Math.min(from, length),
      to: Math.min(to, length),
      severity: severity === 'forbidden' ? 'error' : 'warning',
      message,
      renderMessage: box,
    }
  })
  diagnostics.sort((a, b) => a.from - b.from || a.to - b.to)
  view.dispatch(setDiagnostics(view.state, diagnostics))
}

// A text editor that underlines what was found. The page makes one for the code, and one for each configuration.

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language'
import { Compartment, EditorState } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { language, type Grammar } from './languages.ts'
import { look } from './look.ts'
import { marks, show, type Mark } from './marks.ts'

export interface EditorOptions {
  parent: HTMLElement
  label: string
  /** The id of an element that says more. */
  describedBy?: string
  grammar: Grammar
  text: string
  changed(text: string): void
  /** Told what stands where the keyboard went to the next finding. */
  reached?(message: string): void
}

export class Editor {
  private readonly view: EditorView
  private readonly grammar = new Compartment()

  constructor({ parent, label, describedBy, grammar, text, changed, reached }: EditorOptions) {
    // Styles that are made in a shadow tree need no exception from the page's Content-Security-Policy.
    const root = parent.attachShadow({ mode: 'open' })
    const attributes = contentAttributes(label, describedBy)
    this.view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          // Lines end with LF, as the interface counts them; any other control character is shown.
          EditorState.lineSeparator.of('\n'),
          highlightSpecialChars(),
          lineNumbers(),
          highlightActiveLine(),
          history(),
          drawSelection(),
          indentOnInput(),
          indentUnit.of('    '),
          bracketMatching(),
          EditorView.lineWrapping,
          EditorView.clipboardInputFilter.of(pasted => pasted.replaceAll('\r\n', '\n')),
          EditorView.contentAttributes.of(attributes),
          EditorView.updateListener.of(update => {
            if (update.docChanged) changed(this.text)
          }),
          // Tab stays with the page: who writes with the keyboard can leave.
          keymap.of([...defaultKeymap, ...historyKeymap]),
          this.grammar.of(language(grammar)),
          marks(message => reached?.(message)),
          look,
        ],
      }),
    })
  }

  get text(): string {
    return this.view.state.doc.toString()
  }

  /** Puts another text in; undo brings the old one back. */
  replace(text: string): void {
    const { length } = this.view.state.doc
    this.view.dispatch({ changes: { from: 0, to: length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true })
  }

  speak(grammar: Grammar): void {
    this.view.dispatch({ effects: this.grammar.reconfigure(language(grammar)) })
  }

  /** Underlines, in place of what was underlined before. */
  underline(found: Mark[]): void {
    show(this.view, found)
  }

  /** Selects a range, brings it to the middle and goes there. */
  goTo(from: number, to: number): void {
    const { length } = this.view.state.doc
    const [anchor, head] = [Math.min(from, length), Math.min(to, length)]
    this.view.dispatch({
      selection: { anchor, head },
      effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
    })
    this.view.focus()
  }

  /** Goes to a line and a column in Unicode scalar values, both counted from 1. */
  goToLine(line: number, column: number): void {
    const { from, to } = this.range(line, column)
    this.goTo(from, to)
  }

  /** The rest of a line from a column on, in UTF-16 code units; column 0 is the whole line, line 0 the whole text. */
  range(line: number, column: number): { from: number; to: number } {
    const { doc } = this.view.state
    if (line === 0) return { from: 0, to: doc.length }
    const { from, to, text } = doc.line(Math.min(line, doc.lines))
    return { from: from + Array.from(text).slice(0, Math.max(column - 1, 0)).join('').length, to }
  }

  focus(): void {
    this.view.focus()
  }
}

function contentAttributes(label: string, describedBy?: string): Record<string, string> {
  // An element outside the shadow tree cannot be pointed at from inside: its text goes along.
  const described = describedBy && document.getElementById(describedBy)?.textContent
  return {
    'aria-label': label,
    ...(described ? { 'aria-description': described.replace(/\s+/g, ' ').trim() } : {}),
    spellcheck: 'false',
    autocorrect: 'off',
    autocapitalize: 'off',
  }
}

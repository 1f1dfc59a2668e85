// The editor's look: colours and sizes come from the page's style sheet, whose variables reach into the shadow tree.

import { EditorView } from '@codemirror/view'

const octagon =
  'polygon(32% 4%, 68% 4%, 96% 32%, 96% 68%, 68% 96%, 32% 96%, 4% 68%, 4% 32%)'
const triangle = 'polygon(50% 6%, 98% 94%, 2% 94%)'

export const look = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--surface)', color: 'var(--ink)', fontSize: 'var(--code-size)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px', borderRadius: 'inherit' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6', borderRadius: 'inherit' },
  '.cm-content': { padding: '12px 0', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 14px 0 6px' },
  '.cm-cursor, &.cm-focused .cm-cursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--muted)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 8px 0 10px', minWidth: '2.2em' },
  '.cm-activeLine': { backgroundColor: 'var(--active-line)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--selection)',
  },
  '&.cm-focused .cm-matchingBracket, .cm-matchingBracket': { backgroundColor: 'var(--selection)', color: 'inherit' },
  '.cm-specialChar': { color: 'var(--forbidden)' },
  '.cm-placeholder': { color: 'var(--muted)' },

  // Underlines: a wave is forbidden, dashes are suspicious.
  '.cm-lintRange': {
    backgroundImage: 'none',
    paddingBottom: '0',
    textDecorationLine: 'underline',
    textDecorationThickness: '2px',
    textUnderlineOffset: '4px',
    textDecorationSkipInk: 'none',
  },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecorationStyle: 'wavy',
    textDecorationThickness: '1.5px',
    textDecorationColor: 'var(--forbidden)',
    backgroundColor: 'var(--forbidden-wash)',
  },
  '.cm-lintRange-warning': {
    backgroundImage: 'none',
    textDecorationStyle: 'dashed',
    textDecorationColor: 'var(--suspicious)',
    backgroundColor: 'var(--suspicious-wash)',
  },
  '.cm-lintRange-active': { backgroundColor: 'var(--selection)' },
  '.cm-lintPoint:after': { borderBottomColor: 'var(--forbidden)' },

  // Signs beside the lines: an octagon is forbidden, a triangle is suspicious.
  '.cm-gutter-lint': { width: '20px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '0 0 0 7px', display: 'flex', alignItems: 'flex-start' },
  '.cm-lint-marker': { width: '11px', height: '11px', marginTop: '0.4em' },
  '.cm-lint-marker-error': { content: 'normal', backgroundColor: 'var(--forbidden)', clipPath: octagon },
  '.cm-lint-marker-warning': { content: 'normal', backgroundColor: 'var(--suspicious)', clipPath: triangle },

  // The box.
  '.cm-tooltip': {
    border: '1px solid var(--line-strong)',
    borderRadius: '10px',
    backgroundColor: 'var(--raised)',
    color: 'var(--ink)',
    boxShadow: 'var(--shadow)',
    overflow: 'hidden',
    maxWidth: 'min(32rem, 92vw)',
  },
  '.cm-diagnostic': {
    padding: '10px 14px',
    marginLeft: '0',
    borderLeft: '4px solid var(--muted)',
    fontFamily: 'var(--sans)',
    fontSize: '14px',
    lineHeight: '1.5',
    whiteSpace: 'normal',
  },
  '.cm-diagnostic-error': { borderLeft: '4px solid var(--forbidden)' },
  '.cm-diagnostic-warning': { borderLeft: '4px dashed var(--suspicious)' },
  '.cm-diagnostic p': { margin: '0 0 4px' },
  '.cm-diagnostic p:last-child': { margin: '0' },
  '.cm-diagnostic .rule': { fontFamily: 'var(--mono)', fontSize: '12.5px', color: 'var(--muted)' },
  '.cm-diagnostic code': { fontFamily: 'var(--mono)', fontSize: '0.92em' },
})

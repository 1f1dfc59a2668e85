// How the languages of the page are coloured.

import { pythonLanguage } from '@codemirror/lang-python'
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { shell } from '@codemirror/legacy-modes/mode/shell'
import { toml } from '@codemirror/legacy-modes/mode/toml'
import type { Extension } from '@codemirror/state'
import { tags } from '@lezer/highlight'

export type Grammar = 'python' | 'bash' | 'toml'

const bash = StreamLanguage.define(shell)
const configuration = StreamLanguage.define(toml)

const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.keyword, tags.moduleKeyword, tags.controlKeyword, tags.operatorKeyword], color: 'var(--code-keyword)' },
    { tag: [tags.string, tags.special(tags.string), tags.quote], color: 'var(--code-string)' },
    { tag: [tags.comment, tags.meta], color: 'var(--code-comment)', fontStyle: 'italic' },
    { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--code-number)' },
    { tag: [tags.function(tags.variableName), tags.standard(tags.name)], color: 'var(--code-name)' },
    { tag: [tags.definition(tags.variableName), tags.className, tags.propertyName, tags.attributeName], color: 'var(--code-name)' },
  ]),
)

export function language(grammar: Grammar): Extension {
  switch (grammar) {
    case 'python':
      // The language alone: this is no place to write long programs, and completions would double the bundle.
      return [pythonLanguage, colours]
    case 'bash':
      return [bash, colours]
    case 'toml':
      return [configuration, colours]
  }
}

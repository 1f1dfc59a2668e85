// Which submissions are submissions: the host checks the same before it asks a policy.

import { byteLength } from './text/places.ts'

export interface Submission {
  language: 'python' | 'bash'
  code: string
}

/** 1 MiB, as in the host. */
const MOST_BYTES = 1 << 20

/** Why a submission is none, as a sentence, or nothing. */
export function refusal({ code }: Submission): string | undefined {
  if (code.trim() === '') return 'No code provided to execute'
  const bytes = byteLength(code)
  if (bytes > MOST_BYTES) return `code is ${bytes} bytes long; at most ${MOST_BYTES} are accepted`
  const nul = code.indexOf('\0')
  if (nul >= 0) {
    return `code contains a NUL character at byte ${byteLength(code.slice(0, nul))}; remove it`
  }
  return undefined
}

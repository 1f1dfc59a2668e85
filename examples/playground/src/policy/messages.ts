// What the page and a policy's worker say to each other.

import type { Description, Problem, Violation } from './wit.ts'

/** The names under which a component exports its interfaces, versions included. */
export interface Interfaces {
  scanner: string
  formatter: string
  configuration?: string
}

/** The first message: what the generated JavaScript is linked with. */
export interface Start {
  modules: [string, WebAssembly.Module][]
  interfaces: Interfaces
}

/** A question. Each gets an instance of its own, configured first where there is something to configure. */
export interface Question {
  id: number
  configuration: string
  submission?: { language: string; code: string }
}

/** A function of the policy. */
export type Step = 'instantiate' | 'configure' | 'describe' | 'scan' | 'format'

/** What a question about the policy itself came to. */
export interface Described {
  problems: Problem[]
  description?: Description
}

/** What a review came to. Nothing of it is checked yet. */
export interface Reviewed {
  problems: Problem[]
  violations: Violation[]
  /** What the model reads, where the submission was rejected. */
  text?: string
  /** Why the formatter did not word it. */
  unworded?: Failed
  milliseconds: number
}

/** Why the policy did not answer. */
export interface Failed {
  step: Step
  /** `trap`, `stack`, or `malformed`: an answer that is none. */
  how: 'trap' | 'stack' | 'malformed'
  why: string
}

/** An answer, or the step that is about to begin. */
export type Reply =
  | { id: number; step: Step }
  | { id: number; described: Described }
  | { id: number; reviewed: Reviewed }
  | { id: number; failed: Failed }

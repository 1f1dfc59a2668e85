// The types of `wit/` that the page speaks, as the generated JavaScript presents them.

/** `scanner.submission` */
export interface Submission {
  language: string
  code: string
  attributes: [string, string][]
}

/** `scanner.span`: a range of bytes, with the line and column of its start. */
export interface Span {
  start: number
  end: number
  line: number
  column: number
}

/** `scanner.violation` */
export interface Violation {
  rule: string
  severity: string
  span: Span
  excerpt: string
  message: string
  remedy: string
}

/** `scanner.rule` */
export interface Rule {
  id: string
  language: string
  severity: string
  title: string
  reason: string
  remedy: string
  matches: string[]
  nonMatches: string[]
}

/** `scanner.description` */
export interface Description {
  name: string
  version: string
  summary: string
  rules: Rule[]
}

/** `formatter.captured` */
export interface Captured {
  head: Uint8Array
  tail: Uint8Array
  omittedBytes: bigint
}

/** `formatter.reason` */
export interface Reason {
  rule: string
  line: number
  column: number
  excerpt: string
  message: string
  remedy: string
}

/** `formatter.outcome` */
export interface Outcome {
  language: string
  status: string
  exitCode: number | undefined
  signal: string | undefined
  stdout: Captured
  stderr: Captured
  timeoutSeconds: number
  reasons: Reason[]
  detail: string | undefined
  attributes: [string, string][]
}

/** `configuration.problem` */
export interface Problem {
  line: number
  column: number
  message: string
}

/** The interfaces of one instance. */
export interface Instance {
  scanner: {
    describe(): Description
    scan(submission: Submission): Violation[]
  }
  formatter: {
    format(outcome: Outcome): { text: string; result: string | undefined }
  }
  configuration?: {
    configure(text: string): Problem[]
  }
}

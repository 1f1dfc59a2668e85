// The types of `wit/scanner.wit` and `wit/formatter.wit`, where every field is described.

export interface Submission {
  language: string;
  code: string;
  attributes: [string, string][];
}

export interface Span {
  start: number;
  end: number;
  line: number;
  column: number;
}

export interface Violation {
  rule: string;
  severity: "forbidden" | "suspicious";
  span: Span;
  excerpt: string;
  message: string;
  remedy: string;
}

export interface Rule {
  id: string;
  language: "python" | "bash" | "any";
  severity: "forbidden" | "suspicious";
  title: string;
  reason: string;
  remedy: string;
  matches: string[];
  nonMatches: string[];
}

export interface Description {
  name: string;
  version: string;
  summary: string;
  rules: Rule[];
}

export interface Scanner {
  describe(): Description;
  scan(submission: Submission): Violation[];
}

export interface Captured {
  head: Uint8Array;
  tail: Uint8Array;
  omittedBytes: number;
}

export interface Reason {
  rule: string;
  line: number;
  column: number;
  excerpt: string;
  message: string;
  remedy: string;
}

export interface Outcome {
  language: string;
  status: string;
  exitCode?: number | null;
  signal?: string | null;
  stdout: Captured;
  stderr: Captured;
  timeoutSeconds: number;
  reasons: Reason[];
  detail?: string | null;
  attributes: [string, string][];
}

export interface Formatted {
  text: string;
  result?: string;
}

export interface Formatter {
  format(outcome: Outcome): Formatted;
}

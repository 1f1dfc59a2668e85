/**
 * Reviews Python and Bash that a model wrote, with a policy of code-execute.
 *
 * A review is advice to the model: no scanner stops a program that wants to hide what it does. What confines a program
 * is the sandbox that it runs in, and this package runs nothing.
 */

/** What a policy found at one place of the code. */
export interface Violation {
  /** The id of the rule, such as `py-import-os`. */
  rule: string;
  /** `forbidden`: the code must not run. `suspicious`: worth a record, and no more. */
  severity: 'forbidden' | 'suspicious';
  /** Where it stands. */
  span: Span;
  /** The offending text, shortened to a line. */
  excerpt: string;
  /** What is wrong. */
  message: string;
  /** What to do instead; may be empty. */
  remedy: string;
}

/** A range of the code, in bytes of its UTF-8. {@link indices} gives it in those of a JavaScript string. */
export interface Span {
  /** Offset in bytes of the first byte. */
  start: number;
  /** Offset in bytes after the last byte. */
  end: number;
  /** Line of `start`, counted from 1. */
  line: number;
  /** Column of `start` in Unicode scalar values, counted from 1. */
  column: number;
}

/** What a program wrote to one stream: all of it, or its beginning and its end. */
export interface Captured {
  /** The first bytes; text stands for its UTF-8. */
  head: string | Uint8Array;
  /** The last bytes, where bytes between were left out. */
  tail?: string | Uint8Array;
  /** How many bytes between `head` and `tail` were left out. Default 0. */
  omittedBytes?: number | bigint;
}

/** How a submission ended, for {@link Policy.format}. */
export interface Outcome {
  /**
   * One of `ok`, `nonzero_exit`, `signal`, `timeout`, `memory`, `output_limit`, `rejected`, `cancelled`,
   * `sandbox_error`, `invalid_request`.
   */
  status: string;
  /** The language of the code. Default `python`. */
  language?: string;
  /** The program's exit code, where it has one. */
  exitCode?: number | null;
  /** The signal that ended the program, such as `SIGSEGV`. */
  signal?: string | null;
  /** Its standard output. Default empty. */
  stdout?: string | Uint8Array | Captured;
  /** Its standard error. Default empty. */
  stderr?: string | Uint8Array | Captured;
  /** The time that it was given, in whole seconds. Default 30. */
  timeoutSeconds?: number;
  /** Why it was rejected, where `status` is `rejected`. */
  violations?: Violation[];
  /** One line on what went wrong, or on the limit that was met. */
  detail?: string | null;
}

/** An outcome in words. */
export interface Formatted {
  /** What the model reads. */
  text: string;
  /** The program's result as one JSON text, where its output ends with one. */
  result?: string;
}

/** What a policy says of itself. */
export interface Description {
  /** The policy's name. */
  name: string;
  /** Its own version. */
  version: string;
  /** What it is for, in a sentence. */
  summary: string;
  /** Its rules, in a stable order. */
  rules: Rule[];
}

/** One forbidden or suspicious construct. */
export interface Rule {
  /** Stable, kebab-case. */
  id: string;
  /** The language it reads; `any` for a rule about code in every language. */
  language: string;
  /** `forbidden` or `suspicious`. */
  severity: string;
  /** What it finds, in a few words. */
  title: string;
  /** Why that is not allowed. */
  reason: string;
  /** What to do instead. */
  remedy: string;
  /** Programs in which it finds something. */
  matches: string[];
  /** Programs in which it finds nothing. */
  nonMatches: string[];
}

/** What a policy wants a program to run under. Nothing here enforces it: that is for whoever runs the program. */
export interface Restriction {
  environment: {
    /** The value of `PATH`. */
    path: string;
    /** Names of variables that the program may see; `*` stands for all that the operator allows. */
    kept: string[];
    /** Names of variables that it must not see, whatever `kept` says. */
    removed: string[];
  };
  /** Upper bounds; `undefined` leaves the operator's as they are. */
  ceilings: {
    /** Wall-clock time in milliseconds. */
    timeMs?: number;
    /** Memory of all its processes together, in bytes. */
    memoryBytes?: bigint;
    /** Processes and threads at the same time. */
    processes?: number;
    /** `none`, `loopback` or `host`. */
    network?: string;
  };
}

/**
 * A policy that can be asked.
 *
 * Every question is asked of a fresh instance, so that no answer depends on an earlier one: about a millisecond each.
 *
 * @security A question is answered on the thread that asks, and JavaScript has no budget of instructions: a policy that
 * does not end does not return. Ask a policy that you do not trust in a worker, and end the worker.
 */
export interface Policy {
  /** The interfaces of the contract that it exports, with their versions. */
  readonly interfaces: readonly string[];
  /** The SHA-256 of its component, in lower-case hexadecimal. */
  readonly sha256?: string;
  /**
   * Returns what the policy finds in `code`, ordered by where it stands. It {@link approves} of code without anything
   * forbidden.
   *
   * @param code At most 1 MiB of UTF-8.
   * @param language `python` (the default) or `bash`.
   * @throws {PolicyError} Where the policy did not answer: the code must not run then.
   * @throws {TypeError | RangeError} Where an argument is of another type, holds half of a surrogate pair, or is too long.
   */
  scan(code: string, language?: string): Violation[];
  /**
   * Words an outcome for the model that wrote the code.
   *
   * @throws {PolicyError} Where the policy did not answer.
   * @throws {TypeError | RangeError} Where a field is of another type or out of its range.
   */
  format(outcome: Outcome): Formatted;
  /**
   * Describes the policy and its rules.
   *
   * @throws {PolicyError} Where the policy did not answer.
   */
  describe(): Description;
  /**
   * Returns what the code should run under; the contract's environment, where the policy states none.
   *
   * @throws {PolicyError} Where the policy did not answer: the code must not run then.
   */
  restrict(code: string, language?: string): Restriction;
}

/** A component that was translated to JavaScript: by `npm run build -- COMPONENT.wasm FOLDER`, or by `transpile`. */
export interface Component {
  /** Makes an instance of it. */
  instantiate(coreModule: (name: string) => WebAssembly.Module, imports: object): object;
  /** Its core modules by file name: compiled, as bytes, or where the bytes are. */
  modules: Record<string, URL | Uint8Array | ArrayBuffer | WebAssembly.Module>;
  /** The SHA-256 of the component, in lower-case hexadecimal. */
  sha256?: string;
}

/** What a policy is made of. */
export interface PolicyOptions {
  /** The policy. Default: the one in this package. */
  component?: Component;
  /** What the operator configures, in the policy's own format. Default: nothing. */
  configuration?: string;
}

/**
 * Compiles a policy, which takes some ten milliseconds, and has it take its configuration.
 *
 * @throws {ConfigurationError} Where the policy refuses the configuration.
 * @throws {PolicyError} Where the component is no policy, speaks another version or takes no configuration.
 */
export function createPolicy(options?: PolicyOptions): Promise<Policy>;

/** Asks the policy in this package, which is compiled at the first question. See {@link Policy.scan}. */
export function scan(code: string, language?: string): Promise<Violation[]>;

/** Asks the policy in this package. See {@link Policy.format}. */
export function format(outcome: Outcome): Promise<Formatted>;

/** Asks the policy in this package. See {@link Policy.describe}. */
export function describe(): Promise<Description>;

/** Asks the policy in this package. See {@link Policy.restrict}. */
export function restrict(code: string, language?: string): Promise<Restriction>;

/** Whether code with these violations may run: whether none of them is forbidden. */
export function approves(violations: Violation[]): boolean;

/** Where a span lies in a JavaScript string, so that `code.slice(start, end)` is its text. */
export function indices(code: string, span: Span): { start: number; end: number };

/** A policy that could not be used, or that did not answer. Whatever it is, the code must not run. */
export class PolicyError extends Error {
  /**
   * `trapped`, `exhausted` (its stack), `malformed`: it did not answer, see `function`.
   * `configuration`: it refuses its configuration. `unconfigurable`: it takes none.
   * `not-a-component`, `imports`, `interface`, `version`, `names`: it is no policy that can be used here.
   * `unsupported`: this runtime does not compile it. `unreadable`: it could not be fetched.
   */
  readonly kind:
    | 'trapped'
    | 'exhausted'
    | 'malformed'
    | 'configuration'
    | 'unconfigurable'
    | 'not-a-component'
    | 'imports'
    | 'interface'
    | 'version'
    | 'names'
    | 'unsupported'
    | 'unreadable';
  /** The function that was asked, such as `scan`. */
  readonly function?: string;
}

/** A configuration that the policy refuses. */
export class ConfigurationError extends PolicyError {
  /** Everything that is wrong with it. */
  readonly problems: Problem[];
}

/** Something in a configuration that the policy cannot take. */
export interface Problem {
  /** The line, counted from 1; 0 where it is about the text as a whole. */
  line: number;
  /** The column in Unicode scalar values, counted from 1; 0 where it is about the line as a whole. */
  column: number;
  /** What is wrong, and what is taken instead. */
  message: string;
}

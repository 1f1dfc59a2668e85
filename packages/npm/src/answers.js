// What a policy answered: checked here before anyone sees it, as the host checks it. See `docs/policy-interface.md`.

import { malformed } from './errors.js';

/** At most this many violations are taken in one answer. */
const MOST_VIOLATIONS = 1000;

/** At most this many bytes of words in one violation. */
const LONGEST_WORDS = 16 << 10;

const NEWLINE = 10;
const RULE_ID = /^[a-z0-9-]{1,64}$/;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function violations(found, code) {
  if (found.length > MOST_VIOLATIONS) {
    throw malformed('scan', `${found.length} violations; at most ${MOST_VIOLATIONS} are taken`);
  }
  if (found.length === 0) return found;
  const bytes = encoder.encode(code);
  return found.map((violation) => checked(violation, bytes));
}

function checked({ rule, severity, span, excerpt, message, remedy }, bytes) {
  if (!RULE_ID.test(rule)) throw malformed('scan', `rule id ${JSON.stringify(rule)} is not kebab-case`);
  const words = [excerpt, message, remedy].reduce((sum, text) => sum + encoder.encode(text).length, 0);
  if (words > LONGEST_WORDS) {
    throw malformed('scan', `${words} bytes of words for \`${rule}\`; at most ${LONGEST_WORDS} are taken`);
  }
  const problem = spanProblem(span, bytes);
  if (problem) throw malformed('scan', `\`${rule}\`: ${problem}`);
  // A word that nobody knows must not let code through.
  return { rule, severity: severity === 'suspicious' ? severity : 'forbidden', span, excerpt, message, remedy };
}

/** Says what is wrong with a span, if it is not one of the code with these bytes. */
function spanProblem({ start, end, line, column }, bytes) {
  if (!isBoundary(start, bytes)) return `span starts at byte ${start}, which is no character of the code`;
  if (end < start || !isBoundary(end, bytes)) {
    return `span ends at byte ${end}, which is no character after its start`;
  }
  let lines = 1;
  let columns = 1;
  for (let at = 0; at < start; at++) {
    if (bytes[at] === NEWLINE) {
      lines++;
      columns = 1;
    } else if (!isContinuation(bytes[at])) columns++;
  }
  if (line === lines && column === columns) return undefined;
  return `byte ${start} is line ${lines}, column ${columns}, not ${line}:${column}`;
}

const isBoundary = (at, bytes) => at === bytes.length || (at < bytes.length && !isContinuation(bytes[at]));

/** Whether a byte of UTF-8 goes on with a character. */
const isContinuation = (byte) => (byte & 0xc0) === 0x80;

export function formatted({ text, result }) {
  if (text === '') throw malformed('format', 'the text is empty');
  return result === undefined ? { text } : { text, result };
}

export function restriction({ environment, ceilings }) {
  if (environment.path.includes('\0')) throw malformed('restrict', 'PATH contains a NUL');
  return { environment, ceilings };
}

export function approves(violations) {
  return violations.every(({ severity }) => severity !== 'forbidden');
}

export function indices(code, { start, end }) {
  const bytes = encoder.encode(code);
  const units = (from, to) => decoder.decode(bytes.subarray(from, to)).length;
  const first = units(0, start);
  return { start: first, end: first + units(start, end) };
}

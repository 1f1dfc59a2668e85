// What a policy is asked: checked here, so that a mistake of the caller is a TypeError that names the value, and never
// reaches an instance.

/** At most this many bytes of code: the interface's own bound. */
const MOST_CODE_BYTES = 1 << 20;

const encoder = new TextEncoder();
const NOTHING = new Uint8Array();

export function submission(code, language) {
  return { language: text(language, 'language'), code: codeOf(code), attributes: [] };
}

function codeOf(code) {
  text(code, 'code');
  // Every UTF-16 unit is one to three bytes.
  if (code.length > MOST_CODE_BYTES || (code.length * 3 > MOST_CODE_BYTES && bytesOf(code) > MOST_CODE_BYTES)) {
    throw new RangeError(`code has ${bytesOf(code)} bytes; at most ${MOST_CODE_BYTES} are reviewed`);
  }
  return code;
}

const bytesOf = (code) => encoder.encode(code).length;

export function outcome(given) {
  if (typeof given !== 'object' || given === null) throw wrong('outcome', given, 'an object');
  const { violations = [], exitCode, timeoutSeconds = 30 } = given;
  if (!Array.isArray(violations)) throw wrong('violations', violations, 'an array');
  return {
    language: text(given.language ?? 'python', 'language'),
    status: text(given.status, 'status'),
    exitCode: exitCode == null ? undefined : integer(exitCode, 'exitCode', -(2 ** 31), 2 ** 31 - 1),
    signal: given.signal == null ? undefined : text(given.signal, 'signal'),
    stdout: captured(given.stdout ?? '', 'stdout'),
    stderr: captured(given.stderr ?? '', 'stderr'),
    timeoutSeconds: integer(timeoutSeconds, 'timeoutSeconds', 0, 2 ** 32 - 1),
    reasons: violations.map(reason),
    detail: given.detail == null ? undefined : text(given.detail, 'detail'),
    attributes: [],
  };
}

/** A violation as a formatter is told of it: its position, and not its bytes. */
function reason({ rule, span, excerpt, message, remedy }) {
  return {
    rule: text(rule, 'rule'),
    line: integer(span?.line, 'span.line', 0, 2 ** 32 - 1),
    column: integer(span?.column, 'span.column', 0, 2 ** 32 - 1),
    excerpt: text(excerpt, 'excerpt'),
    message: text(message, 'message'),
    remedy: text(remedy, 'remedy'),
  };
}

function captured(given, name) {
  const plain = typeof given === 'string' || given instanceof Uint8Array;
  if (!plain && typeof given !== 'object') throw wrong(name, given, 'text, bytes or what was captured');
  const { head, tail = NOTHING, omittedBytes = 0 } = plain ? { head: given } : given;
  if (typeof omittedBytes !== 'bigint') integer(omittedBytes, `${name}.omittedBytes`, 0, Number.MAX_SAFE_INTEGER);
  return { head: bytes(head, name), tail: bytes(tail, `${name}.tail`), omittedBytes: BigInt(omittedBytes) };
}

function bytes(given, name) {
  if (given instanceof Uint8Array) return given;
  return encoder.encode(text(given, name));
}

/** A string that has an encoding: half a surrogate pair would be reviewed as another character than the one that runs. */
export function text(given, name) {
  if (typeof given !== 'string') throw wrong(name, given, 'a string');
  if (!given.isWellFormed()) throw new TypeError(`${name} holds half of a surrogate pair, which UTF-8 cannot encode`);
  return given;
}

function integer(given, name, least, most) {
  if (!Number.isInteger(given)) throw wrong(name, given, 'a whole number');
  if (given < least || given > most) throw new RangeError(`${name} is ${given}; it is ${least} to ${most}`);
  return given;
}

function wrong(name, given, wanted) {
  return new TypeError(`${name} is ${given === null ? 'null' : typeof given}; it is ${wanted}`);
}

// Why a policy could not be used. The words are the host's.

export class PolicyError extends Error {
  constructor(kind, message, { function: name, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'PolicyError';
    this.kind = kind;
    this.function = name;
  }
}

export class ConfigurationError extends PolicyError {
  constructor(problems) {
    super('configuration', ['the policy refuses its configuration', ...problems.map(line)].join('\n'));
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

function line({ line, column, message }) {
  const place = line === 0 ? '' : column === 0 ? `line ${line}: ` : `line ${line}, column ${column}: `;
  return place + message;
}

/** Says why a question failed: `error` is what the instance threw while it was asked `name`. */
export function failed(name, error) {
  if (error instanceof PolicyError) return error;
  const ended = (kind, words) => new PolicyError(kind, `the policy ${words}`, { function: name, cause: error });
  // V8 and JavaScriptCore throw a RangeError, SpiderMonkey an InternalError.
  if (!(error instanceof WebAssembly.RuntimeError) && /stack|recursion/i.test(error?.message)) {
    return ended('exhausted', `ran out of stack in \`${name}\``);
  }
  if (error instanceof WebAssembly.RuntimeError) return ended('trapped', `trapped in \`${name}\``);
  return ended('malformed', `gave a malformed answer in \`${name}\`: ${error?.message}`);
}

export function malformed(name, problem) {
  return new PolicyError('malformed', `the policy gave a malformed answer in \`${name}\`: ${problem}`, {
    function: name,
  });
}

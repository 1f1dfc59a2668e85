// A policy: a component that jco translated to JavaScript and core modules. The modules are compiled once; every
// question is asked of a fresh instance, so that no answer depends on an earlier one.

import * as answers from './answers.js';
import { ConfigurationError, PolicyError, failed } from './errors.js';
import * as questions from './questions.js';

/** The release of the interface that is spoken here, and all patch releases of it. */
const TRACK = '@0.1.';

/** What the host gives a policy without `restrictions`. */
const CONTRACT = {
  environment: { path: '/usr/bin:/bin:/usr/local/bin', kept: [], removed: ['HOME', 'USER'] },
  ceilings: {},
};

export class Policy {
  #instantiate;
  #modules;
  #configuration;

  /** Not for callers: `open` makes policies. */
  constructor(instantiate, modules, configuration) {
    this.#instantiate = instantiate;
    this.#modules = modules;
    this.#configuration = configuration;
  }

  /** Makes a policy, with the core modules compiled by `compile`, which is all that differs between runtimes. */
  static async open({ component, configuration }, compile) {
    const { instantiate, modules, sha256 } = component;
    const compiled = await Promise.all(
      Object.entries(modules).map(async ([name, module]) => [name, await compile(module, name)]),
    );
    if (configuration !== undefined) questions.text(configuration, 'configuration');
    const policy = new Policy(instantiate, new Map(compiled), configuration);
    policy.interfaces = Object.freeze(interfaces(policy.#bare()));
    policy.sha256 = sha256;
    policy.#ask('describe', () => undefined);
    return policy;
  }

  scan(code, language = 'python') {
    const submission = questions.submission(code, language);
    return answers.violations(this.#ask('scan', ({ scanner }) => scanner.scan(submission)), code);
  }

  format(outcome) {
    const told = questions.outcome(outcome);
    return answers.formatted(this.#ask('format', ({ formatter }) => formatter.format(told)));
  }

  describe() {
    return this.#ask('describe', ({ scanner }) => scanner.describe());
  }

  restrict(code, language = 'python') {
    const submission = questions.submission(code, language);
    const answer = this.#ask('restrict', ({ restrictions }) => restrictions?.restrict(submission));
    return answers.restriction(answer ?? structuredClone(CONTRACT));
  }

  /** Asks one question of a fresh instance. */
  #ask(name, question) {
    const instance = this.#bare();
    if (this.#configuration !== undefined) this.#configure(instance);
    return attempt(name, () => question(instance));
  }

  #bare() {
    // The generated code looks modules up by the name of their file.
    return attempt('instantiate', () => this.#instantiate((name) => this.#modules.get(name), {}));
  }

  #configure({ configuration }) {
    if (!configuration) throw new PolicyError('unconfigurable', 'the policy takes no configuration');
    const problems = attempt('configure', () => configuration.configure(this.#configuration));
    if (problems.length > 0) throw new ConfigurationError(problems);
  }
}

function attempt(name, question) {
  try {
    return question();
  } catch (error) {
    throw failed(name, error);
  }
}

/** The interfaces of the contract that an instance exports, once it has those that every policy has. */
function interfaces(instance) {
  const exported = Object.keys(instance).filter((name) => name.startsWith('code-execute:policy/'));
  for (const wanted of ['scanner', 'formatter']) {
    if (!instance[wanted]) {
      const message = `this is no policy: it does not export \`code-execute:policy/${wanted}${TRACK}x\``;
      throw new PolicyError('interface', message);
    }
  }
  for (const found of exported) {
    if (!found.includes(TRACK)) {
      throw new PolicyError('version', `the policy exports \`${found}\`; this package speaks \`${TRACK.slice(1)}x\``);
    }
  }
  return exported.sort();
}

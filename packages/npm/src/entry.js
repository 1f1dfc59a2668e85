// What the package exports, on whatever the runtime reads and compiles core modules with.

import * as embedded from '../policy/index.js';
import { compiled } from './compiled.js';
import { Policy } from './policy.js';

/** `read` gives the bytes behind a URL. */
export function entry(read) {
  const compile = async (module) => {
    if (module instanceof WebAssembly.Module) return module;
    return compiled(module instanceof URL ? await read(module) : module);
  };
  const createPolicy = (options = {}) =>
    Policy.open({ component: options.component ?? embedded, configuration: options.configuration }, compile);
  let opened;
  const policy = () => (opened ??= createPolicy());
  return {
    createPolicy,
    scan: async (code, language) => (await policy()).scan(code, language),
    format: async (outcome) => (await policy()).format(outcome),
    describe: async () => (await policy()).describe(),
    restrict: async (code, language) => (await policy()).restrict(code, language),
  };
}

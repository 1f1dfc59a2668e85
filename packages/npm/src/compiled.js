// Compiling a core module.

import { PolicyError } from './errors.js';

/** Compiles bytes, or says that this runtime is too old for them. */
export async function compiled(bytes) {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    if (!(cause instanceof WebAssembly.CompileError)) throw cause;
    const message = `this runtime does not compile the policy, a newer one may: ${cause.message}`;
    throw new PolicyError('unsupported', message, { cause });
  }
}

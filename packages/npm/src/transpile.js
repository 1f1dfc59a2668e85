// From a component to JavaScript and core modules, by jco's translator.
//
// The translator writes the names of core exports into its JavaScript as they are, quotes and all, so that a component
// made to harm could bring code of its own along. Nothing is evaluated before those names are looked at.

import { $init, generate } from '@bytecodealliance/jco-transpile/component';

import { compiled } from './compiled.js';
import { PolicyError } from './errors.js';

const OPTIONS = {
  name: 'policy',
  instantiation: { tag: 'sync' },
  base64Cutoff: 0,
  noNodejsCompat: true,
  noTypescript: true,
};

/** How a component begins: `\0asm`, and its version. */
const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

/** Names that mean nothing in JavaScript's strings, comments and templates. */
const HARMLESS = /^[A-Za-z0-9 _.:@/#$|()=>,[\]-]*$/;

/**
 * What is changed in the generated code, each with how often it must be met.
 *
 * Text of a policy that is not UTF-8 is a malformed answer and not some other text, and a byte order mark is a
 * character like any other. Suspending variants are for asynchronous exports, which a policy has none of: making them
 * is most of what an instance costs.
 */
const AMENDMENTS = [
  [/new TextDecoder\(\)/g, "new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })", 1],
  [/try \{\s*(\w+) = WebAssembly\.promising\((.+)\);\s*\} catch\s*\(err\) \{\s*\1 = \2;\s*\}/g, '$1 = $2;'],
];

export async function transpileToFiles(component) {
  const { script, cores, sha256 } = await translate(component);
  const names = Object.keys(cores).map((name) => `  '${name}': new URL('./${name}', import.meta.url),\n`);
  const index =
    '// Made from a component by the build; not to be edited.\n' +
    `export { instantiate } from './policy.js';\nexport const sha256 = '${sha256}';\n` +
    `export const modules = {\n${names.join('')}};\n`;
  const encode = (text) => new TextEncoder().encode(text);
  return { 'index.js': encode(index), 'policy.js': encode(script), ...cores };
}

export async function transpile(component) {
  const { script, modules, sha256 } = await translate(component);
  const { instantiate } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(script)}`);
  return { instantiate, modules: Object.fromEntries(modules), sha256 };
}

async function translate(component) {
  await $init;
  let generated;
  try {
    // The translator takes a component's text, too.
    if (MAGIC.some((byte, at) => component[at] !== byte)) throw new Error('it does not begin like one');
    generated = generate(component, OPTIONS);
  } catch (cause) {
    throw new PolicyError('not-a-component', `this is no WebAssembly component: ${cause.message}`, { cause });
  }
  if (generated.imports.length > 0) {
    const names = generated.imports.map((name) => `\`${name}\``).join(', ');
    throw new PolicyError('imports', `the policy imports ${names}; a policy imports nothing`);
  }
  const files = Object.fromEntries(generated.files);
  const { 'policy.js': script, ...cores } = files;
  generated.exports.forEach(([name]) => checkName(name));
  const modules = await Promise.all(Object.entries(cores).map(async ([name, core]) => [name, await compiled(core)]));
  modules.forEach(([, module]) => checkCore(module));
  return { script: amended(new TextDecoder().decode(script)), cores, modules, sha256: await sha256(component) };
}

function checkCore(module) {
  WebAssembly.Module.exports(module).forEach(({ name }) => checkName(name));
  WebAssembly.Module.imports(module).forEach((imported) => [imported.module, imported.name].forEach(checkName));
}

function checkName(name) {
  if (HARMLESS.test(name)) return;
  throw new PolicyError('names', `the policy names something ${JSON.stringify(name)}, which could end a string`);
}

function amended(script) {
  return AMENDMENTS.reduce((text, [pattern, replacement, times]) => {
    const met = text.match(pattern)?.length ?? 0;
    if (times !== undefined && met !== times) {
      throw new Error(`the translator's output has changed: ${pattern} is met ${met} times, not ${times}`);
    }
    return text.replace(pattern, replacement);
  }, script);
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

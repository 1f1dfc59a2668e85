// From a component to what a browser can run: core modules, and JavaScript that lifts and lowers between them. The
// build asks for it for the default policy, the page for a policy that somebody dropped in: the same options for both.

/**
 * @typedef {object} Glue
 * @property {string} source a script that declares a function `instantiate`
 * @property {[string, Uint8Array][]} modules the core modules that `instantiate` asks for, by name
 * @property {string[]} imports what the component imports
 * @property {string[]} exports what the component exports
 */

/**
 * @param {typeof import('@bytecodealliance/jco-transpile/component').generate} generate
 * @param {Uint8Array} component
 * @returns {Glue}
 */
export function glue(generate, component) {
  const made = generate(component, {
    name: 'policy',
    instantiation: { tag: 'sync' },
    map: [],
    noTypescript: true,
    noNodejsCompat: true,
    base64Cutoff: 0,
  })
  const script = made.files.find(([name]) => name.endsWith('.js'))
  if (!script) throw new Error('no JavaScript was generated')
  return {
    source: asScript(new TextDecoder().decode(script[1])),
    modules: made.files.filter(([name]) => name.endsWith('.wasm')),
    imports: made.imports,
    exports: made.exports.map(([name]) => name),
  }
}

/**
 * What is generated is a module, and what it exports stands at the beginning of a line. A page that was opened from a
 * file may start a worker from a script alone.
 *
 * @param {string} source
 */
function asScript(source) {
  const script = source.replace(/^export (?=function |const )/gm, '')
  if (!/^function instantiate\(/m.test(script)) throw new Error('what was generated has no `instantiate`')
  return script
}

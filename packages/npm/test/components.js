// Components that the tests make: honest, broken and hostile ones.

import { readFileSync } from 'node:fs';

import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const FRAME = read('../../../tests/policies/frame.wat');
const AROUND = read('../../fixtures/component.wat');
const DASHES = /\n *;; -+ configuration\n[^]*;; -+\n/;

/** The cases that the tests of both packages go through. */
export const cases = JSON.parse(read('../../fixtures/cases.json'));

/** What the functions of an honest policy do: find nothing, say `formatted`, take every configuration. */
const HONEST = { scan: '(i32.const 304)', format: '(i32.const 312)', configure: '(i32.const 304)' };

/** Gives the bytes of a component whose functions have these bodies in WebAssembly text. */
export async function component({ version = '0.1.1', configurable = true, edit = (text) => text, ...bodies } = {}) {
  const { scan, format, configure } = { ...HONEST, ...bodies };
  const functions = `
    (global $configured (mut i32) (i32.const 0))
    (func $scan (export "code-execute:policy/scanner@VERSION#scan") (param i32 i32 i32 i32 i32 i32) (result i32) ${scan})
    (data (i32.const 312) "\\50\\01\\00\\00\\09\\00\\00\\00\\00")
    (data (i32.const 336) "formatted")
    (func (export "code-execute:policy/formatter@VERSION#format") (param i32) (result i32) ${format})
    (func (export "code-execute:policy/configuration@VERSION#configure") (param i32 i32) (result i32) ${configure})`;
  const core = FRAME.replace('(module', '(core module $core').replace('CASE)', `${functions})`);
  const around = configurable ? AROUND : AROUND.replace(DASHES, '\n');
  return parse(edit(around.replace('MODULE', () => core).replaceAll('VERSION', version)));
}

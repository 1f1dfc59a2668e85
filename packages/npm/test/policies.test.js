// Policies other than the package's own: honest, broken and hostile ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ConfigurationError, PolicyError, createPolicy } from '@code-execute/policy';
import { transpile } from '@code-execute/policy/transpile';

import { cases, component } from './components.js';

/** A policy with the given bodies of functions. */
const policyOf = async ({ configuration, ...made } = {}) =>
  createPolicy({ component: await transpile(await component(made)), configuration });

const refuses = (making, kind, says) =>
  assert.rejects(making, (error) => {
    assert.ok(error instanceof PolicyError, String(error));
    assert.equal(error.kind, kind);
    assert.match(error.message, says);
    return true;
  });

test('a policy of somebody else loads and answers', async () => {
  const policy = await policyOf();
  assert.deepEqual(policy.scan('import os'), []);
  assert.deepEqual(policy.format({ status: 'ok' }), { text: 'formatted' });
  assert.equal(policy.describe().name, 'hostile');
  assert.deepEqual(policy.restrict('').environment.removed, ['HOME', 'USER'], 'it has no restrictions of its own');
  assert.match(policy.sha256, /^[0-9a-f]{64}$/);
  assert.deepEqual(policy.interfaces, [
    'code-execute:policy/configuration@0.1.1',
    'code-execute:policy/formatter@0.1.1',
    'code-execute:policy/scanner@0.1.1',
  ]);
});

for (const { name, kinds, says, needs, ...bodies } of cases) {
  const skip = needs === 'instructions' && 'JavaScript has no budget of instructions';
  test(`a policy whose ${name} is a typed error`, { skip }, async () => {
    // A configuration, so that every function is asked.
    const ask = async () => {
      const policy = await policyOf({ ...bodies, configuration: '' });
      policy.scan('x = 1');
      policy.format({ status: 'ok' });
    };
    await assert.rejects(ask, (error) => {
      assert.ok(error instanceof PolicyError, String(error));
      assert.ok(kinds.includes(error.kind), error.kind);
      assert.ok(error.message.includes(says), error.message);
      return true;
    });
  });
}

test('a policy that failed answers the next question', async () => {
  // Traps on code of one byte.
  const policy = await policyOf({
    scan: '(if (i32.eq (local.get 3) (i32.const 1)) (then unreachable)) (i32.const 304)',
  });
  assert.throws(() => policy.scan('x'), { kind: 'trapped', function: 'scan' });
  assert.deepEqual(policy.scan('xx'), []);
});

test('a word that nobody knows is taken for forbidden', async () => {
  const span = '(i32.store (i32.const 152) (i32.const 1)) (i32.store (i32.const 156) (i32.const 1))';
  const policy = await policyOf({ scan: `${span} (i32.store8 (i32.const 208) (i32.const 70)) (i32.const 120)` });
  assert.deepEqual(policy.scan('').map(({ severity }) => severity), ['forbidden']);
});

test('a byte order mark in a policy\'s words is kept', async () => {
  const text = '(i32.store (i32.const 336) (i32.const 0x78bfbbef)) (i32.store (i32.const 316) (i32.const 4))';
  const policy = await policyOf({ format: `${text} (i32.const 312)` });
  assert.equal(policy.format({ status: 'ok' }).text, '\uFEFFx');
});

test('a policy of another version is refused with both versions', async () => {
  await refuses(policyOf({ version: '0.2.0' }), 'version', /scanner@0\.2\.0|formatter@0\.2\.0|configuration@0\.2\.0/);
  assert.deepEqual((await policyOf({ version: '0.1.7' })).scan(''), [], 'a later patch release is the same track');
});

test('what is no policy is refused', async () => {
  for (const text of ['', 'hello', '\0asm', '\0asm\x01\0\0\0']) {
    await refuses(transpile(new TextEncoder().encode(text)), 'not-a-component', /no WebAssembly component/);
  }
  const edit = (text) => text.replaceAll('formatter@', 'wording@');
  await refuses(policyOf({ edit }), 'interface', /does not export `code-execute:policy\/formatter@0\.1\.x`/);
});

test('a core module that this runtime does not compile is refused', async () => {
  const { instantiate, modules } = await transpile(await component());
  const cut = Object.fromEntries(Object.keys(modules).map((name) => [name, Uint8Array.of(0, 0x61, 0x73, 0x6d, 9, 9, 9, 9)]));
  await refuses(createPolicy({ component: { instantiate, modules: cut } }), 'unsupported', /a newer one may/);
});

test('a policy that imports is refused with the name of the import', async () => {
  const imports = `(component
    (import "wasi:clocks/wall-clock@0.2.0" (instance $clock (export "now" (func (result u64)))))
    (core func $now (canon lower (func $clock "now")))
    (core instance $clocks (export "now" (func $now)))
    (core module $asks (import "clock" "now" (func (result i64))))
    (core instance (instantiate $asks (with "clock" (instance $clocks))))`;
  const edit = (text) => text.replace('(component', imports);
  await refuses(transpile(await component({ edit })), 'imports', /`wasi:clocks\/wall-clock/);
});

test('a policy whose names would end a string of the generated code is refused before anything is evaluated', async () => {
  const name = "x'];globalThis.harmed = true;[''";
  const edit = (text) => text.replaceAll('"code-execute:policy/scanner@0.1.1#scan"', `"${name}"`);
  await refuses(transpile(await component({ edit })), 'names', /could end a string/);
  assert.equal(globalThis.harmed, undefined);
});

test('a configuration reaches every instance before the question', async () => {
  const taken = {
    configure: '(global.set $configured (local.get 1)) (i32.const 304)',
    scan: '(if (i32.ne (global.get $configured) (i32.const 5)) (then unreachable)) (i32.const 304)',
  };
  assert.deepEqual((await policyOf({ ...taken, configuration: 'abcde' })).scan(''), []);
  const other = await policyOf({ ...taken, configuration: 'abcd' });
  assert.throws(() => other.scan(''), { kind: 'trapped' });
});

test('a refused configuration is an error that lists every problem', async () => {
  // One problem { line: 2, column: 5, message: "rule" } at 400, in a list at 392.
  const problem = [[392, 400], [396, 1], [400, 2], [404, 5], [408, 200], [412, 4]]
    .map(([at, value]) => `(i32.store (i32.const ${at}) (i32.const ${value}))`)
    .join(' ');
  await assert.rejects(policyOf({ configure: `${problem} (i32.const 392)`, configuration: 'x' }), (error) => {
    assert.ok(error instanceof ConfigurationError);
    assert.deepEqual(error.problems, [{ line: 2, column: 5, message: 'rule' }]);
    assert.equal(error.message, 'the policy refuses its configuration\nline 2, column 5: rule');
    return true;
  });
});

test('a configuration for a policy that takes none is refused', async () => {
  const made = { configurable: false };
  await refuses(policyOf({ ...made, configuration: 'x' }), 'unconfigurable', /takes no configuration/);
  assert.deepEqual((await policyOf(made)).scan(''), []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { approves, createPolicy, describe, indices, restrict, scan } from '@code-execute/policy';

test('scan of an import names rule, place, reason and remedy', async () => {
  const [violation, ...others] = await scan('x = 1\nimport os\n');
  assert.deepEqual(others, []);
  const { rule, severity, span, excerpt, message, remedy } = violation;
  assert.deepEqual({ rule, severity, excerpt }, { rule: 'py-import-os', severity: 'forbidden', excerpt: 'os' });
  assert.deepEqual(span, { start: 13, end: 15, line: 2, column: 8 });
  assert.match(message, /operating system/);
  assert.match(remedy, /pathlib/);
  assert.equal(approves([violation]), false);
});

test('scan of harmless code finds nothing', async () => {
  assert.deepEqual(await scan('print(6 * 7)'), []);
  assert.equal(approves([]), true);
});

test('scan reads Bash where it is told so', async () => {
  assert.deepEqual((await scan('rm -rf /', 'bash')).map(({ rule }) => rule), ['sh-remove-root']);
});

test('scan of an unknown language is a violation', async () => {
  assert.equal(approves(await scan('puts 1', 'ruby')), false);
});

test('scan answers the same whatever was asked before', async () => {
  const policy = await createPolicy();
  const codes = ['import os', 'print(1)', 'eval("1")', 'import os'];
  const answers = codes.map((code) => policy.scan(code));
  assert.deepEqual(answers[0], answers[3]);
  for (const [index, code] of codes.entries()) assert.deepEqual((await createPolicy()).scan(code), answers[index]);
});

test('suspicions stop nothing', () => {
  const violation = { rule: 'x', span: { start: 0, end: 0, line: 1, column: 1 }, excerpt: '', message: '', remedy: '' };
  assert.equal(approves([{ ...violation, severity: 'suspicious' }]), true);
  assert.equal(approves([{ ...violation, severity: 'forbidden' }]), false);
});

test('indices of a span are those of a JavaScript string', async () => {
  const code = '\uFEFFa = "\u{1F980}é"; import os';
  const [{ span }] = await scan(code);
  const { start, end } = indices(code, span);
  assert.equal(code.slice(start, end), 'os');
  assert.notEqual(span.start, start);
});

test('scan refuses what is no text, and says so', async () => {
  const policy = await createPolicy();
  assert.throws(() => policy.scan(undefined), { name: 'TypeError', message: 'code is undefined; it is a string' });
  assert.throws(() => policy.scan('', 1), { name: 'TypeError', message: 'language is number; it is a string' });
  assert.throws(() => policy.scan('a\uD800'), { name: 'TypeError', message: /half of a surrogate pair/ });
});

test('scan takes a mebibyte of code and no byte more', async () => {
  const policy = await createPolicy();
  const mebibyte = '#'.repeat(1 << 20);
  assert.deepEqual(policy.scan(mebibyte), []);
  const over = { name: 'RangeError', message: /1048577 bytes; at most 1048576/ };
  assert.throws(() => policy.scan(`${mebibyte}#`), over);
  assert.throws(() => policy.scan(`${'é'.repeat(1 << 19)}#`), over);
});

test('describe lists every rule with its examples', async () => {
  const { name, version, rules } = await describe();
  assert.equal(name, 'default');
  assert.match(version, /^\d+\.\d+\.\d+$/);
  assert.ok(rules.length > 30);
  const policy = await createPolicy();
  for (const { id, language, matches, nonMatches } of rules.filter(({ language }) => language !== 'any')) {
    const finds = (code) => policy.scan(code, language).some(({ rule }) => rule === id);
    assert.deepEqual(matches.map(finds), matches.map(() => true), id);
    assert.deepEqual(nonMatches.map(finds), nonMatches.map(() => false), id);
  }
});

test('restrict states the environment of the contract', async () => {
  const { environment } = await restrict('print(1)');
  assert.equal(environment.path, '/usr/bin:/bin:/usr/local/bin');
  assert.deepEqual(environment.removed, ['HOME', 'USER']);
});

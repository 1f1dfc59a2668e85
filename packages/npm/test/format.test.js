import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createPolicy } from '@code-execute/policy';

const policy = await createPolicy();

/** What the contract says that a reader gets. */
const TEXTS = [
  [{ status: 'ok', exitCode: 0, stdout: 'hello\n[1,2]\n', stderr: 'careful\n' },
    'stdout:\nhello\n[1,2]\nstderr:\ncareful\nexit_code: 0\nresult: [1, 2]'],
  [{ status: 'nonzero_exit', exitCode: 3 }, 'exit_code: 3'],
  [{ status: 'timeout', timeoutSeconds: 7, stdout: '1\n' }, 'Execution timed out after 7 seconds\nstdout:\n1\n'],
  [{ status: 'signal', exitCode: 139, signal: 'SIGSEGV' }, 'Execution ended by SIGSEGV\nexit_code: 139'],
  [{ status: 'ok', exitCode: 0, stdout: Uint8Array.of(0x61, 0xff, 0x0a) }, 'stdout:\na\uFFFD\nexit_code: 0'],
  [{ status: 'invalid_request', detail: 'No code provided to execute' }, 'Error: No code provided to execute'],
];

test('format of every kind of outcome is the text of the contract', () => {
  for (const [outcome, text] of TEXTS) assert.equal(policy.format(outcome).text, text);
});

test('format gives the last line as a result where it is JSON', () => {
  assert.deepEqual(policy.format({ status: 'ok', exitCode: 0, stdout: 'x\n42\n' }).result, '42');
  assert.equal('result' in policy.format({ status: 'ok', exitCode: 0, stdout: 'x\n' }), false);
});

test('format of a rejection names what scan found', () => {
  const code = 'import os';
  const { text } = policy.format({ status: 'rejected', violations: policy.scan(code) });
  assert.match(text, /^Security violation: line 1, column 8: `os`: .* \(py-import-os\)\. Use `pathlib`/);
});

test('format says how much was left out', () => {
  const stdout = { head: 'begin\n', tail: 'end\n', omittedBytes: 12345 };
  const { text } = policy.format({ status: 'ok', exitCode: 0, stdout });
  assert.match(text, /begin\n.*12345.*\nend\n/);
});

test('format refuses an outcome of another shape, and names the field', () => {
  const check = (outcome, error) => assert.throws(() => policy.format(outcome), error);
  check(undefined, { name: 'TypeError', message: 'outcome is undefined; it is an object' });
  check({}, { name: 'TypeError', message: 'status is undefined; it is a string' });
  check({ status: 'ok', exitCode: 1.5 }, { name: 'TypeError', message: 'exitCode is number; it is a whole number' });
  check({ status: 'ok', timeoutSeconds: -1 }, { name: 'RangeError', message: /^timeoutSeconds is -1; / });
  check({ status: 'ok', stdout: 7 }, { name: 'TypeError', message: /^stdout is number; it is text, bytes or/ });
});

// The browser's entry, on a stand-in for `fetch` that reads the package's own files. That it runs in a browser is for a
// test with a browser to say; here is checked that nothing of Node is asked for.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

test('the browser entry imports nothing of Node', async () => {
  const entry = new URL(import.meta.resolve('@code-execute/policy/browser'));
  const seen = new Set();
  const visit = async (url) => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    for (const [, specifier] of (await readFile(url, 'utf8')).matchAll(/^(?:import|export) [^'"]*from '([^']+)'/gm)) {
      assert.match(specifier, /^\.{1,2}\//, `${url} imports ${specifier}`);
      await visit(new URL(specifier, url));
    }
  };
  await visit(entry);
  assert.ok(seen.size > 5, [...seen].join('\n'));
});

test('the browser entry fetches the core module, and says where it cannot', async (context) => {
  const { createPolicy, scan } = await import('@code-execute/policy/browser');
  const fetched = [];
  context.mock.method(globalThis, 'fetch', async (url) => {
    fetched.push(new URL(url).pathname.split('/').at(-1));
    return new Response(await readFile(new URL(url)), { headers: { 'content-type': 'application/wasm' } });
  });
  assert.equal((await scan('import os'))[0].rule, 'py-import-os');
  assert.deepEqual(fetched, ['policy.core.wasm']);
  context.mock.method(globalThis, 'fetch', async () => new Response('', { status: 404 }));
  await assert.rejects(createPolicy(), { name: 'PolicyError', kind: 'unreadable', message: /policy\.core\.wasm: status 404/ });
});

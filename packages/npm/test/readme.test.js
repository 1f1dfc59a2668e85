import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

test('the example in the README prints what stands below it', async (context) => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, example, printed] = readme.match(/```js\n([^]*?)```\n\n```text\n([^]*?)```/);
  // As a module beside this one, so that it finds the package as this one does.
  const entry = import.meta.resolve('@code-execute/policy');
  const lines = [];
  context.mock.method(console, 'log', (...words) => lines.push(words.join(' ')));
  await import(`data:text/javascript,${encodeURIComponent(example.replace('@code-execute/policy', entry))}`);
  assert.equal(`${lines.join('\n')}\n`, printed);
});

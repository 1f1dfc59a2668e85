// Reviews every program of some corpora and prints one line of JSON for each, for `../compare`:
// `node verdicts.js FOLDER...`, the files `*.jsonl` of each folder by name, their programs by line.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { createPolicy } from '@code-execute/policy';

const policy = await createPolicy();
for (const folder of process.argv.slice(2)) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.jsonl')).sort()) {
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n').filter((line) => line.trim() !== '')) {
      // `solution` stands for `code` where a program carries its own tests.
      const { id, language, code, solution } = JSON.parse(line);
      const violations = policy
        .scan(solution ?? code, language)
        .map(({ rule, severity, span, ...words }) => ({ rule, severity, ...span, ...words }));
      process.stdout.write(`${JSON.stringify({ id, violations })}\n`);
    }
  }
}

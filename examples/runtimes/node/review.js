// Reviews the code in a file and prints each violation as a line of JSON: `node review.js FILE`.
// The language is the file's ending, `.sh` for Bash and anything else for Python.

import { readFile } from 'node:fs/promises';

import { scan } from '@code-execute/policy';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node review.js FILE');
  process.exit(2);
}
const language = file.endsWith('.sh') ? 'bash' : 'python';
for (const { rule, severity, span, ...words } of await scan(await readFile(file, 'utf8'), language)) {
  console.log(JSON.stringify({ rule, severity, ...span, ...words }));
}

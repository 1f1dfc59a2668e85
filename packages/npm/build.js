// Puts a policy into the package: `npm run build -- COMPONENT.wasm [FOLDER]`.

import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';

import { transpileToFiles } from './src/transpile.js';

const [component, folder] = process.argv.slice(2);
if (component === undefined) {
  console.error('usage: npm run build -- COMPONENT.wasm [FOLDER]');
  console.error('hint: `code-execute policy export default --output policy.wasm` gives the component');
  process.exit(2);
}
const here = (path) => new URL(path, import.meta.url);
const files = await transpileToFiles(await readFile(component));
const output = folder ?? here('policy');
await rm(output, { recursive: true, force: true });
await mkdir(output, { recursive: true });
for (const [name, bytes] of Object.entries(files)) {
  await writeFile(folder === undefined ? here(`policy/${name}`) : `${folder}/${name}`, bytes);
  console.log(`${String(bytes.length).padStart(8)} bytes  ${folder ?? 'policy'}/${name}`);
}
for (const license of ['LICENSE-APACHE', 'LICENSE-MIT']) await cp(here(`../../${license}`), here(license));

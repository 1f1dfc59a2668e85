// `dist/licences.txt`: the notices of every package that went into the page.

import { readFile, readdir, writeFile } from 'node:fs/promises'

/** @param {import('esbuild').Metafile[]} metafiles what was bundled */
export async function licences(metafiles) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs))
  const folders = new Set(inputs.map(path => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]).filter(Boolean))
  const notices = await Promise.all([...folders].sort().map(notice))
  await writeFile('dist/licences.txt', notices.join('\n\n'))
}

async function notice(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
  const file = (await readdir(folder)).find(file => /^licen[cs]e/i.test(file))
  const text = file ? await readFile(`${folder}/${file}`, 'utf8') : license
  return `${name} ${version} (${license.replace(/^\(|\)$/g, '')})\n${'-'.repeat(72)}\n${text.trim()}`
}

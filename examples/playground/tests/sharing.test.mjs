// A link carries the code and restores it; a link that does not says why.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { code, pages, rules, verdict, write } from './page.mjs'

const { open } = pages()

test('a link carries code and language to another browser', async () => {
  const page = await open()
  const text = 'echo "é 🦀 \\\\ %41"\nrm -rf /\n'
  await page.getByRole('radio', { name: 'Bash' }).check({ force: true })
  await write(page, text)
  await page.getByRole('button', { name: 'Share' }).click()
  await page.locator('#status', { hasText: 'The link is' }).waitFor()
  const { pathname, search, hash } = new URL(page.url())
  assert.deepEqual([pathname, search], ['/', ''])
  assert.match(hash, /^#v1\.[\w-]+$/)

  const other = await open(`/${hash}`)
  await other.getByRole('radio', { name: 'Bash', checked: true }).waitFor({ state: 'attached' })
  await verdict(other)
  assert.equal((await code(other).innerText()).replace(/\n+$/, ''), text.trimEnd())
  assert.deepEqual(await rules(other), ['sh-remove-root'])
})

test('the link is copied where the browser lets the page', async () => {
  const page = await open('/', { permissions: ['clipboard-read', 'clipboard-write'] })
  await page.getByRole('button', { name: 'Share' }).click()
  await page.locator('#status', { hasText: 'The link is copied' }).waitFor()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), page.url())
})

test('another link in the same page is followed', async () => {
  const page = await open()
  await write(page, 'import shutil\n')
  await page.getByRole('button', { name: 'Share' }).click()
  await page.locator('#status', { hasText: 'The link is' }).waitFor()
  const link = page.url()
  await write(page, 'print(1)\n')
  await page.evaluate(() => (location.hash = ''))
  await page.goto(link)
  await page.locator('.finding .rule', { hasText: 'py-import-shutil' }).waitFor()
})

const BROKEN = {
  '#v9.AAAA': /begins with “v9\.AAAA”, not with “v1\.”/,
  '#v1.AAAA': /was cut short or changed/,
  '#v1.%%%': /was cut short or changed/,
}

for (const [fragment, says] of Object.entries(BROKEN)) {
  test(`the link ${fragment} is refused, and the page works`, async () => {
    const page = await open(`/${fragment}`)
    assert.match(await page.locator('#notice').innerText(), says)
    assert.match(await write(page, 'print(1)'), /^Approved/)
  })
}

test('a link that unpacks to more than the page takes is refused', async () => {
  const page = await open()
  const bomb = await page.evaluate(async () => {
    const zeros = new Blob([new Uint8Array(64 << 20)]).stream()
    const packed = await new Response(zeros.pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer()
    const letters = Array.from(new Uint8Array(packed), byte => String.fromCharCode(byte)).join('')
    return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  })
  const other = await open(`/#v1.${bomb}`)
  assert.match(await other.locator('#notice').innerText(), /unpacks to more than 3 MiB/)
})

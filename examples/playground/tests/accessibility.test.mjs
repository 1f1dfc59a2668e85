// The page with the keyboard alone, and as axe-core and a screen reader see it, in light and dark, wide and narrow.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { FINDS_THE_START, policy } from './components.mjs'
import { bring, code, pages, panel, rules, verdict, write } from './page.mjs'

const { open } = pages()
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

async function violations(page) {
  // Animations would be measured half way.
  await page.evaluate(() => Promise.all(document.getAnimations().map(animation => animation.finished)))
  await page.evaluate(`${axe}; null`)
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }))
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ''}`).join(' | ')}`)
}

const MIXED = 'import json\nimport os\ngetattr(json, input())  # 🦀\n'

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing wrong in ${colorScheme} at ${width} pixels`, async () => {
      const page = await open('/', { colorScheme, viewport: { width, height: 900 } })
      await write(page, MIXED)
      assert.deepEqual(await violations(page), [], 'rejected')
      await page.getByRole('button', { name: 'Examples' }).click()
      assert.deepEqual(await violations(page), [], 'the menu')
      await page.keyboard.press('Escape')
      await bring(page, 'own.wasm', await policy({ scan: FINDS_THE_START }))
      await panel(page, 'own').waitFor()
      await verdict(page, 'own')
      assert.deepEqual(await violations(page), [], 'compared')
      await bring(page, 'notes.txt', Buffer.from('nothing'))
      await page.locator('#notice').waitFor()
      assert.deepEqual(await violations(page), [], 'a notice')
      await page.getByRole('button', { name: 'Rules' }).click()
      await page.locator('#rules summary').first().click()
      assert.deepEqual(await violations(page), [], 'the rules')
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.ok(overflow <= 0, `the page is ${overflow} pixels too wide`)
    })
  }
}

test('the keyboard alone does it all, in the order of the page', async () => {
  const page = await open()
  const focused = () =>
    page.evaluate(() => {
      const { activeElement: element } = document
      const inner = element.shadowRoot?.activeElement ?? element
      return inner.getAttribute('aria-label') ?? (inner.value || inner.textContent.trim())
    })
  const order = []
  for (let stop = 0; stop < 9; stop += 1) {
    await page.keyboard.press('Tab')
    order.push(await focused())
  }
  const expected = ['Skip to the findings', 'Rules', 'Share', 'Dark', 'python', 'Examples', 'Compare with your policy…', 'Code to review']
  assert.deepEqual(order.slice(0, 8), expected)
  // Tab left the editor; Shift and Tab go back.
  assert.notEqual(order[8], 'Code to review')
  await page.keyboard.press('Shift+Tab')
  assert.equal(await focused(), 'Code to review')

  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.type('x = 1\nimport os\n')
  await verdict(page)
  assert.deepEqual(await rules(page), ['py-import-os'])
  // To the finding and back to its place in the code.
  while ((await page.evaluate(() => document.activeElement.className)) !== 'place') await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  assert.equal(await focused(), 'Code to review')
  await page.keyboard.type('json')
  await verdict(page)
  assert.match(await code(page).innerText(), /import json/)
  assert.deepEqual(await rules(page), [])
})

test('the menu of examples is worked with the arrows', async () => {
  const page = await open()
  await page.getByRole('button', { name: 'Examples' }).focus()
  await page.keyboard.press('ArrowDown')
  const focused = () => page.evaluate(() => document.activeElement.textContent)
  const first = await focused()
  await page.keyboard.press('ArrowDown')
  assert.notEqual(await focused(), first)
  await page.keyboard.press('ArrowUp')
  assert.equal(await focused(), first)
  await page.keyboard.press('Escape')
  assert.equal(await focused(), 'Examples')
  await page.keyboard.press('Enter')
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await verdict(page)
  assert.ok((await rules(page)).length > 0)
  assert.equal(await page.getByRole('radio', { name: 'Bash' }).isChecked(), true)
})

test('results and places are said', async () => {
  const page = await open()
  const said = text => page.locator('#status', { hasText: text }).waitFor({ state: 'attached' })
  await write(page, MIXED)
  await said('default: Rejected: the code would not run. 1 forbidden, 1 suspicious')
  await page.keyboard.press('F8')
  await said('forbidden, line 2, column 8, py-import-os')
  await page.keyboard.press('F8')
  await said('suspicious, line 3, column 1, py-dynamic-attribute')
  await page.keyboard.press('Shift+F8')
  await said('forbidden, line 2, column 8, py-import-os')
  await write(page, 'print(1)')
  await said('default: Approved: the code would run. nothing found')
})

test('light and dark follow the system until somebody chooses, and the choice is kept', async () => {
  const page = await open('/', { colorScheme: 'dark' })
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const dark = await ground()
  await page.getByRole('button', { name: 'Dark', pressed: true }).click()
  const light = await ground()
  assert.notEqual(light, dark)
  await page.reload()
  assert.equal(await ground(), light)
  await page.getByRole('button', { name: 'Dark', pressed: false }).click()
  assert.equal(await ground(), dark)
  await page.emulateMedia({ colorScheme: 'light' })
  assert.equal(await ground(), light)
})

test('nothing moves for who asked for that', async () => {
  const page = await open('/', { reducedMotion: 'reduce' })
  await write(page, 'import os')
  assert.deepEqual(await page.evaluate(() => document.getAnimations().length), 0)
})

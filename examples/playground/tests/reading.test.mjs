// Code is written, and what the policy finds in it is shown where it is.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { code, pages, panel, rules, underlined, verdict, write } from './page.mjs'

const { open } = pages()

test('an import of os is underlined where it is, with rule, reason and remedy', async () => {
  const page = await open()
  assert.match(await write(page, 'x = 1\nimport os\n'), /^Rejected/)
  assert.deepEqual(await underlined(page), [['wavy', 'wavy', 'os']])
  const finding = panel(page).locator('.finding')
  assert.match(await finding.innerText(), /forbidden\s+line 2, column 8\s+os/)
  assert.match(await finding.locator('.message').innerText(), /os gives access to the operating system\./)
  assert.match(await finding.locator('.reason').innerText(), /\w/)
  assert.match(await finding.locator('.remedy').innerText(), /^Instead: Use pathlib/)
  assert.deepEqual(await rules(page), ['py-import-os'])
})

test('what the model reads is what the policy words', async () => {
  const page = await open()
  await write(page, 'import os')
  const text = await panel(page).locator('.model pre').innerText()
  assert.match(text, /^Security violation: line 1, column 8: `os`: .* \(py-import-os\)\. Use `pathlib`/)
  await write(page, 'print(1)')
  assert.equal(await panel(page).locator('.model').isVisible(), false)
})

test('positions are right after characters of two, three and four bytes', async () => {
  const page = await open()
  await write(page, 's = "é ⚙ 🦀 👩‍💻"; import os\n')
  assert.deepEqual(await underlined(page), [['wavy', 'wavy', 'os']])
  assert.match(await panel(page).locator('.place').innerText(), /line 1, column 25/)
})

test('suspicious is told from forbidden by word, shape and line', async () => {
  const page = await open()
  assert.match(await write(page, 'import json\ngetattr(json, input())\n'), /^Approved/)
  assert.deepEqual(await underlined(page), [['dashed', 'dashed', 'getattr(json, input())']])
  assert.equal(await panel(page).locator('.severity').innerText(), 'suspicious')
  assert.equal(await panel(page).locator('.finding .sign.suspicious').count(), 1)
  assert.equal(await page.locator('#editor .cm-lint-marker-warning').count(), 1)
})

test('the language switches, and code that somebody wrote stays', async () => {
  const page = await open()
  const before = await code(page).innerText()
  await page.getByRole('radio', { name: 'Bash' }).check()
  await verdict(page)
  assert.notEqual(await code(page).innerText(), before)
  assert.ok((await rules(page)).every(rule => rule.startsWith('sh-')))
  assert.ok((await rules(page)).length >= 2)
  await write(page, 'rm -rf /\n')
  assert.deepEqual(await rules(page), ['sh-remove-root'])
  await page.getByRole('radio', { name: 'Python' }).check()
  await verdict(page)
  assert.match(await code(page).innerText(), /^rm -rf \//)
  assert.deepEqual(await rules(page), ['py-unreadable'])
})

test('a click on a finding goes to its place', async () => {
  const page = await open()
  await write(page, `${'x = 1\n'.repeat(200)}import os\n`)
  await panel(page).locator('.place').click()
  assert.equal(await page.evaluate(() => String(document.querySelector('#editor').shadowRoot.getSelection?.() ?? getSelection())), 'os')
  assert.deepEqual(await underlined(page), [['wavy', 'wavy', 'os']])
})

test('what is no submission is refused as by the host', async () => {
  const page = await open()
  await write(page, ' \n')
  assert.equal(await panel(page).locator('.verdict .detail').innerText(), 'No code provided to execute')
  await write(page, '#'.repeat((1 << 20) + 1))
  assert.match(await panel(page).locator('.verdict .detail').innerText(), /^code is 1048577 bytes long; at most 1048576/)
})

test('an example from the menu comes with its language', async () => {
  const page = await open()
  await page.getByRole('button', { name: 'Examples' }).click()
  await page.getByRole('menuitem', { name: /removal of a home/ }).click()
  await verdict(page)
  assert.ok((await rules(page)).includes('sh-remove-home'))
  assert.equal(await page.getByRole('radio', { name: 'Bash' }).isChecked(), true)
})

test('the rules can be read, searched and tried', async () => {
  const page = await open()
  await page.getByRole('button', { name: 'Rules' }).click()
  const dialog = page.getByRole('dialog', { name: 'Rules' })
  const all = await dialog.locator('details').count()
  assert.ok(all > 20)
  await dialog.getByRole('searchbox').fill('sh-fork-bomb')
  assert.equal(await dialog.locator('details').count(), 1)
  await dialog.locator('summary').click()
  await dialog.getByRole('button', { name: 'Try what it finds something in: program 1 of sh-fork-bomb' }).click()
  await verdict(page)
  assert.equal(await dialog.isVisible(), false)
  assert.ok((await rules(page)).includes('sh-fork-bomb'))
})

test('the rule of a finding opens in the rules', async () => {
  const page = await open()
  await write(page, 'import os')
  await panel(page).getByRole('button', { name: 'py-import-os' }).click()
  assert.equal(await page.locator('#rule-py-import-os').getAttribute('open'), '')
})

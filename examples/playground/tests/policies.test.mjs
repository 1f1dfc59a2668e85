// A policy of one's own beside the default one; and hostile ones, which are refused by name and harm nothing.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { configurable, FINDS_THE_START, hostile, injecting, parse, policy } from './components.mjs'
import { bring, code, pages, panel, rules, type, underlined, verdict, write } from './page.mjs'

const { open } = pages()

test('a policy of one’s own is compared with the default one', async () => {
  const page = await open()
  await write(page, 'import os\n')
  await bring(page, 'start.wasm', await policy({ scan: FINDS_THE_START }))
  await panel(page, 'own').waitFor()
  assert.match(await verdict(page, 'own'), /^Rejected/)
  assert.deepEqual(await rules(page, 'own'), ['rule'])
  assert.equal(await panel(page, 'own').locator('.model pre').innerText(), 'formatted')
  assert.match(await page.locator('#agreement').innerText(), /^Both reject the code; 2 findings have no counterpart/)
  assert.equal(await page.locator('.tag').count(), 2)
  await write(page, 'print(1)\n')
  assert.equal(await page.locator('#agreement').innerText(), 'They disagree: hostile rejects the code, default approves it.')
  await panel(page, 'own').getByRole('button', { name: 'Remove' }).click()
  assert.equal(await panel(page, 'own').count(), 0)
  assert.equal(await page.locator('#agreement').isVisible(), false)
  assert.deepEqual(await underlined(page), [])
})

test('a policy can be dropped anywhere on the page', async () => {
  const page = await open()
  const bytes = [...(await policy({}))]
  const transfer = await page.evaluateHandle(bytes => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([new Uint8Array(bytes)], 'dropped.wasm'))
    return transfer
  }, bytes)
  await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer })
  assert.equal(await page.locator('#drop').isVisible(), true)
  await page.dispatchEvent('#editor', 'drop', { dataTransfer: transfer })
  await panel(page, 'own').waitFor()
  assert.match(await panel(page, 'own').innerText(), /dropped\.wasm/)
  assert.equal(await page.locator('#drop').isVisible(), false)
})

test('the default policy, brought as a file, agrees with itself', async () => {
  const page = await open()
  const component = process.env.POLICY_COMPONENT
  assert.ok(component, 'POLICY_COMPONENT names the component that the page was built from')
  await bring(page, 'default.wasm', await readFile(component))
  await panel(page, 'own').waitFor({ timeout: 60_000 })
  assert.match(await verdict(page, 'own'), /^Rejected/)
  assert.match(await page.locator('#agreement').innerText(), /^Both reject the code, at the same places/)
  const hash = name => panel(page, name).locator('.origin code').getAttribute('title')
  assert.equal(await hash('own'), await hash('default'))
})

test('a configuration goes to a policy that takes one, and its problems stand at their lines', async () => {
  const page = await open()
  await write(page, 'print(1)\n')
  await bring(page, 'configurable.wasm', await configurable())
  const own = panel(page, 'own')
  await own.waitFor()
  assert.match(await verdict(page, 'own'), /^Approved/)
  await own.getByText('Configuration').click()
  const text = own.getByRole('textbox', { name: /^Configuration of/ })
  await type(page, text, 'strict = true')
  await own.getByText('Rejected: the code would not run').waitFor()
  await type(page, text, 'p = 1\nq = maybe')
  await own.getByText('The configuration has a problem').waitFor()
  assert.match(await own.locator('.problems').innerText(), /line 2, column 3\s+There is no maybe\./)
  assert.equal(await own.locator('.editor .cm-lintRange').innerText(), '= maybe')
  await own.locator('.problems button').click()
  await page.keyboard.type('!')
  assert.match(await text.innerText(), /q !/)
})

test('balanced is there where the policy takes a configuration, and else says why not', async () => {
  const page = await open()
  await write(page, 'import os\nprint(os.getcwd())\n')
  const balanced = panel(page).getByRole('radio', { name: 'balanced' })
  const takesOne = await page.evaluate(() => codeExecutePolicy.exports.some(name => name.includes('/configuration@')))
  assert.equal(await balanced.isEnabled(), takesOne)
  if (takesOne) {
    await balanced.check({ force: true })
    await panel(page).getByText('Approved: the code would run').waitFor()
    assert.match(await panel(page).locator('h3').innerText(), /^balanced/)
  } else {
    assert.match(await panel(page).locator('label', { hasText: 'balanced' }).getAttribute('title'), /takes no configuration/)
  }
})

const FILES = {
  'a plain file': [() => Buffer.from('import os\n'), /is no WebAssembly/],
  'an empty file': [() => Buffer.alloc(0), /is no WebAssembly/],
  'a core module': [() => parse('(module)'), /a core WebAssembly module, not a component/],
  'a component that is cut short': [async () => (await policy({})).subarray(0, 400), /The component cannot be read: \w/],
  'a component with an import': [
    () => parse('(component (import "host:clock/now@1.0.0" (instance (export "now" (func (result u64))))))'),
    /The component imports host:clock\/now@1\.0\.0/,
  ],
  'a component without the interfaces': [() => parse('(component)'), /does not export code-execute:policy\/scanner@0\.1\.x/],
  'a component of another version': [() => policy({ version: '9.0.0' }), /speaks code-execute:policy\/scanner@9\.0\.0/],
  'a name that would run as JavaScript': [injecting, /a core name that is not plain text/],
  'a component with an import that it uses': [
    () =>
      parse(`(component
        (import "now" (func $now (result u32)))
        (core func $core (canon lower (func $now)))
        (core module $m (import "" "now" (func (result i32))) (export "now" (func 0)))
        (core instance $i (instantiate $m (with "" (instance (export "now" (func $core))))))
        (func (export "later") (result u32) (canon lift (core func $i "now"))))`),
    /The component imports now\b/,
  ],
  'a policy that wants too much memory at once': [() => policy({ memory: 9_000 }), /wants 562.5 MiB of memory/],
}

test('files that are no policies are refused by name, and the default one goes on', async () => {
  const page = await open()
  for (const [what, [bytes, says]] of Object.entries(FILES)) {
    await bring(page, `${what}.wasm`, await bytes())
    const notice = page.locator('#notice', { hasText: `“${what}.wasm” cannot be used as a policy` })
    await notice.waitFor({ timeout: 60_000 })
    assert.match(await notice.innerText(), says, what)
    assert.equal(await panel(page, 'own').count(), 0)
  }
  assert.equal(await page.evaluate(() => 'pwned' in globalThis), false)
  assert.match(await write(page, 'print(1)'), /^Approved/)
})

// What the page says of the host's hostile policies, where it does not use the host's words.
const WORDS = {
  'scan-never-ends': 'did not answer scan within 5 seconds and was ended',
  'scan-wants-all-memory': 'trapped in scan',
  'scan-recurses-without-end': 'ran out of stack in scan',
  'scan-answers-text-that-is-not-utf8': 'malformed in scan',
  'scan-answers-a-list-outside-its-memory': 'in scan',
  'scan-answers-violations-without-number': 'at most 1000 are taken',
}

test('hostile policies answer with their cause, and the default one goes on', async () => {
  const page = await open()
  const cases = await hostile()
  assert.ok(cases.length > 10)
  for (const { name, scan, format, says } of cases) {
    // A formatter is asked after a rejection.
    const body = scan ?? FINDS_THE_START
    await bring(page, `${name}.wasm`, await policy({ scan: body, ...(format ? { format } : {}) }))
    await panel(page, 'own').getByText(`${name}.wasm`).waitFor()
    await page.locator('#findings[aria-busy=false]').waitFor()
    const text = await panel(page, 'own').innerText()
    const expected = WORDS[name] ?? says.replaceAll('`', '')
    assert.ok(text.replaceAll('`', '').includes(expected), `${name}: ${text}`)
  }
  assert.match(await write(page, 'import os'), /^Rejected/)
})

test('a policy that never ends does not keep the page from answering', async () => {
  const page = await open()
  await bring(page, 'ever.wasm', await policy({ scan: '(loop $ever (br $ever)) (i32.const 0)' }))
  await panel(page, 'own').waitFor()
  const started = Date.now()
  await type(page, code(page), 'import shutil')
  await panel(page).getByText('py-import-shutil').first().waitFor()
  assert.ok(Date.now() - started < 3_000)
  await panel(page, 'own').getByText('was ended').waitFor()
})

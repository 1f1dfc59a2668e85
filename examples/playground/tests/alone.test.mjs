// The page keeps to itself: it asks nobody for anything, and could not if it wanted to.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policy } from './components.mjs'
import { bring, pages, panel, verdict, write } from './page.mjs'
import { browser } from './browser.mjs'

const { open } = pages()

test('everything works with the network off once the page is there', async () => {
  const page = await open()
  // The transpiler is the one part that comes later.
  await bring(page, 'first.wasm', await policy({}))
  await panel(page, 'own').waitFor()
  await page.context().setOffline(true)
  assert.match(await write(page, 'import os'), /^Rejected/)
  await bring(page, 'second.wasm', await policy({}))
  await panel(page, 'own').getByText('second.wasm').waitFor()
  await page.getByRole('button', { name: 'Share' }).click()
  await page.locator('#status', { hasText: 'The link is' }).waitFor()
})

test('neither the page nor a worker that it starts can connect to anything', async () => {
  const page = await open()
  // What the page would say of the attempts is expected here, and is not its own doing.
  page.removeAllListeners('console')
  const outcomes = await page.evaluate(async () => {
    const attempt = address => fetch(address).then(() => 'fetched', () => 'refused')
    // As the page starts its own workers, but for the name of the trusted type, which is the page's alone.
    const startedFrom = address => {
      try {
        return String(new Worker(address))
      } catch (error) {
        return error.name
      }
    }
    const script = new Blob(['postMessage(1)'], { type: 'text/javascript' })
    return {
      fetched: await attempt(location.href),
      worker: startedFrom(URL.createObjectURL(script)),
    }
  })
  assert.deepEqual(outcomes, { fetched: 'refused', worker: 'TypeError' })
  const [worker] = page.workers()
  assert.equal(await worker.evaluate(address => fetch(address).then(() => 'fetched', () => 'refused'), page.url()), 'refused')
  // From a timer: the debugger that the test works through may evaluate where the page may not.
  const evaluated = await worker.evaluate(() => {
    return new Promise(resolve => {
      setTimeout(() => {
        try {
          resolve(new Function('return "evaluated"')())
        } catch (error) {
          resolve(error.name)
        }
      })
    })
  })
  assert.equal(evaluated, 'EvalError')
})

test('the page opens from a file, without any server', async () => {
  const chromium = await browser()
  try {
    const page = await chromium.newPage()
    await page.goto(new URL('../dist/index.html', import.meta.url).href)
    assert.match(await verdict(page), /^Rejected/)
    await bring(page, 'own.wasm', await policy({}))
    await panel(page, 'own').waitFor()
    assert.match(await verdict(page, 'own'), /^Approved/)
  } finally {
    await chromium.close()
  }
})

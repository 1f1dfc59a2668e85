// What every test of the page needs: the page in a browser, and the promise that it kept to itself.

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { browser } from './browser.mjs'
import { serve } from './server.mjs'

const dist = new URL('../dist', import.meta.url).pathname

/**
 * Starts a server and a browser for the tests of a file.
 *
 * @returns {{ open: (path?: string, options?: import('playwright-core').BrowserContextOptions) => Promise<Page> }}
 * @typedef {import('playwright-core').Page} Page
 */
export function pages() {
  let server
  let chromium
  const complaints = []
  const elsewhere = []
  before(async () => {
    server = await serve({ '': dist })
    chromium = await browser()
  })
  after(async () => {
    await chromium?.close()
    await server?.close()
    assert.deepEqual(elsewhere, [], 'the page asked for something that is not its own')
    assert.deepEqual(complaints, [], 'the browser complained')
  })
  return {
    async open(path = '/', options = {}) {
      const context = await chromium.newContext({ viewport: { width: 1280, height: 900 }, ...options })
      const page = await context.newPage()
      page.setDefaultTimeout(15_000)
      page.on('request', request => {
        const { protocol, origin } = new URL(request.url())
        if (protocol !== 'blob:' && origin !== server.origin) elsewhere.push(request.url())
      })
      page.on('console', message => {
        // Chromium asks for the icon again whenever the address changes, also with the network off.
        if (message.location().url.endsWith('/icon.svg')) return
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
      })
      page.on('pageerror', error => complaints.push(String(error)))
      await page.goto(`${server.origin}${path}`)
      await verdict(page)
      return page
    },
  }
}

/** Waits until the answers are about the code as it is, and says the headline of one of them. */
export async function verdict(page, name = 'default') {
  await page.locator('#findings[aria-busy=false]').waitFor()
  return await panel(page, name).locator('.verdict strong').textContent()
}

export function panel(page, name = 'default') {
  return page.locator(`#panel-${name}`)
}

export function code(page) {
  return page.getByRole('textbox', { name: 'Code to review' })
}

/** Replaces the code, and says the verdict on it. */
export async function write(page, text) {
  await type(page, code(page), text)
  return await verdict(page)
}

/**
 * Replaces what stands in an editor. The old text is deleted first: where Chromium replaces coloured text, it tries to
 * carry the colour over as a style, and complains that the Content-Security-Policy stops it.
 */
export async function type(page, editor, text) {
  await editor.focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(text)
}

export function rules(page, name = 'default') {
  return panel(page, name).locator('.finding .rule').allTextContents()
}

/** The texts that are underlined, by the form of the underline. */
export async function underlined(page) {
  return await page.locator('#editor').evaluate(host => {
    return [...host.shadowRoot.querySelectorAll('.cm-lintRange')].map(range => [
      range.classList.contains('cm-lintRange-error') ? 'wavy' : 'dashed',
      getComputedStyle(range).textDecorationStyle,
      range.textContent,
    ])
  })
}

/** Brings a file as a policy. */
export async function bring(page, name, bytes) {
  await page.locator('#file').setInputFiles({ name, mimeType: 'application/wasm', buffer: Buffer.from(bytes) })
}

// Answers the generator's requests for its core modules from the message that started the worker. There is no
// network behind it: the page's Content-Security-Policy forbids every connection.

/** What starts the worker. */
export interface Start {
  /** The generator's own core modules, by file name. */
  modules: [string, Uint8Array][]
  /** The component to read. */
  component: Uint8Array
}

const start = new Promise<Start>(resolve => {
  addEventListener('message', event => resolve(event.data as Start), { once: true })
})

/** The component, once the message is there. */
export const started = start.then(({ component }) => component)

globalThis.fetch = async address => {
  const name = String(address).split('/').pop()
  const found = (await start).modules.find(([known]) => known === name)
  if (!found) throw new TypeError(`there is no module ${name}`)
  return new Response(found[1] as BodyInit, { headers: { 'Content-Type': 'application/wasm' } })
}

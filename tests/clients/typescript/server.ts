// How a client reaches a server of its own.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export type Stdio = { command: string, args: string[], env: Record<string, string> }
export type Where = Stdio | { url: string }

/** Does something with a server over one of the transports, `stdio` or `http`. */
export const reachable = async <Result>(transport: string, use: (where: Where) => Promise<Result>): Promise<Result> => {
  const command = process.env.CODE_EXECUTE
  assert(command, 'CODE_EXECUTE names the server\'s program')
  if (transport === 'stdio') {
    // Clients give the servers that they start a part of the environment; the cache is not in it.
    const kept = ['PATH', 'HOME', 'XDG_CACHE_HOME'].flatMap(name => process.env[name] ? [[name, process.env[name]]] : [])
    return use({ command, args: ['mcp'], env: Object.fromEntries(kept) })
  }
  assert.equal(transport, 'http', 'the transport is `stdio` or `http`')
  const server = spawn(command, ['serve', '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'inherit', 'pipe'] })
  const ended = once(server, 'exit')
  try {
    const said = createInterface(server.stderr)
    const address = await new Promise<string>((resolve, reject) => {
      said.on('line', line => {
        const found = /listening on (\S+)/.exec(line)?.[1]
        if (found) resolve(found)
        else console.error(line)
      })
      server.on('exit', status => reject(new Error(`the server ended with ${status} before it listened`)))
    })
    return await use({ url: `${address}/mcp` })
  } finally {
    server.kill('SIGTERM')
    const [status] = await ended
    assert([0, 143].includes(status), `the server ended with ${status}`)
  }
}

// How a client reaches a server of its own.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export type Stdio = { command: string, args: string[], env: Record<string, string> }
export type Http = { url: string, headers: Record<string, string> }
export type Where = Stdio | Http

/** Does something with the product over one of the transports: `stdio`, or `http` for those who have its token. */
export const reachable = async <Result>(transport: string, use: (where: Where) => Promise<Result>): Promise<Result> => {
  const command = process.env.CODE_EXECUTE
  assert(command, 'CODE_EXECUTE names the server\'s program')
  if (transport === 'stdio') {
    // Clients give the servers that they start a part of the environment; the cache is not in it.
    const kept = ['PATH', 'HOME', 'XDG_CACHE_HOME'].flatMap(name => process.env[name] ? [[name, process.env[name]]] : [])
    return use({ command, args: ['mcp'], env: Object.fromEntries(kept) })
  }
  assert.equal(transport, 'http', 'the transport is `stdio` or `http`')
  const token = randomBytes(32).toString('hex')
  const headers = { Authorization: `Bearer ${token}` }
  const server = [command, 'serve', '--listen', '127.0.0.1:0']
  return serving(server, url => use({ url, headers }), { CODE_EXECUTE_TOKEN: token })
}

/** Does something with a server that says on standard error where it listens. */
export const serving = async <Result>(
  command: string[], use: (url: string) => Promise<Result>, env: Record<string, string> = {},
): Promise<Result> => {
  const server = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'inherit', 'pipe'], env: { ...process.env, ...env } })
  const ended = once(server, 'exit')
  const address = new Promise<string>((resolve, reject) => {
    const said: string[] = []
    createInterface(server.stderr).on('line', line => {
      const found = /listening on (\S+)/.exec(line)?.[1]
      if (found) resolve(found)
      said.push(line)
    }).on('close', () => reject(new Error(`\`${command.join(' ')}\` did not say where it listens: ${said.join('\n')}`)))
    server.on('error', reject)
  })
  const result = await address.then(address => use(`${address}/mcp`)).finally(() => server.kill('SIGTERM'))
  const [status, signal] = await ended
  assert([0, 143].includes(status) || signal === 'SIGTERM', `the server ended with ${status ?? signal}`)
  return result
}

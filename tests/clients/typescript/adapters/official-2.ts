// The official SDK, 2.x, which speaks both eras of the protocol.
import assert from 'node:assert/strict'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'

import type { Arguments, Seen, Values } from '../scenarios.ts'
import type { Where } from '../server.ts'
import { everything, giveUp, type Adapter } from './adapter.ts'

export class Official2 implements Adapter {
  readonly result = everything
  readonly error = everything
  readonly #client: Client
  readonly #version: string

  constructor(mode: 'legacy' | 'auto', version: string) {
    this.#client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
    this.#version = version
  }

  async connect(where: Where): Promise<void> {
    const transport = 'url' in where
      ? new StreamableHTTPClientTransport(new URL(where.url), { requestInit: { headers: where.headers } })
      : new StdioClientTransport(where)
    await this.#client.connect(transport)
    assert.equal(this.#client.getNegotiatedProtocolVersion(), this.#version)
    await this.#client.listTools()
  }

  close = (): Promise<void> => this.#client.close()

  async talk(turns: Arguments[][]): Promise<Seen[]> {
    const answers: Seen[] = []
    for (const turn of turns) answers.push(...await Promise.all(turn.map(call => this.#call(call))))
    return answers
  }

  async abandon(call: Arguments, started: Promise<void>): Promise<void> {
    const abort = new AbortController()
    await giveUp(this.#call(call, abort.signal), started, () => abort.abort('given up'))
  }

  async #call(call: Arguments, signal?: AbortSignal): Promise<Seen> {
    const result = await this.#client.callTool({ name: 'code_execute', arguments: call }, { signal })
    const [block, ...others] = result.content
    if (block?.type !== 'text' || others.length > 0) throw new Error(`not one text: ${JSON.stringify(result.content)}`)
    return { text: block.text, values: result.structuredContent as Values ?? null, error: result.isError ?? null }
  }
}

// The official SDK, 1.x, which many frameworks are on still. It speaks the era of the handshake alone.
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'

import type { Arguments, Seen, Values } from '../scenarios.ts'
import type { Where } from '../server.ts'
import { everything, giveUp, type Adapter } from './adapter.ts'

export class Official1 implements Adapter {
  readonly result = everything
  readonly error = everything
  readonly #client = new Client({ name: 'test', version: '1' })

  async connect(where: Where): Promise<void> {
    const transport = 'url' in where
      ? new StreamableHTTPClientTransport(new URL(where.url), { requestInit: { headers: where.headers } })
      : new StdioClientTransport(where)
    await this.#client.connect(transport)
    // With the tools listed, it holds every result to the output schema.
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
    const result = await this.#client.callTool({ name: 'code_execute', arguments: call }, undefined, { signal }) as CallToolResult
    const [block, ...others] = result.content
    if (block?.type !== 'text' || others.length > 0) throw new Error(`not one text: ${JSON.stringify(result.content)}`)
    return { text: block.text, values: result.structuredContent as Values ?? null, error: result.isError ?? null }
  }
}

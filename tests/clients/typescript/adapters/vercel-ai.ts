// An agent of the Vercel AI SDK, which has a client of its own. Its model reads the text.
import assert from 'node:assert/strict'
import { createMCPClient, type MCPClient } from '@ai-sdk/mcp'
import { Experimental_StdioMCPTransport as StdioTransport } from '@ai-sdk/mcp/mcp-stdio'
import { generateText, stepCountIs } from 'ai'
import { MockLanguageModelV4 } from 'ai/test'

import type { Arguments, Seen, Values } from '../scenarios.ts'
import type { Where } from '../server.ts'
import { everything, giveUp, type Adapter } from './adapter.ts'

type Generated = Awaited<ReturnType<MockLanguageModelV4['doGenerate']>>

export class VercelAi implements Adapter {
  readonly result = everything
  readonly error = everything
  #where!: Where
  #held!: MCPClient

  async connect(where: Where): Promise<void> {
    this.#where = where
    this.#held = await this.#client()
  }

  close = (): Promise<void> => this.#held.close()

  talk = (turns: Arguments[][]): Promise<Seen[]> => talk(this.#held, turns)

  /** Over stdio and in the older era, this client tells a server nothing of a call that is given up: it is closed. */
  async abandon(call: Arguments, started: Promise<void>): Promise<void> {
    const client = await this.#client()
    const abort = new AbortController()
    await giveUp(talk(client, [[call]], abort.signal), started, () => abort.abort('given up'))
    await client.close()
  }

  #client = (): Promise<MCPClient> => createMCPClient({
    transport: 'url' in this.#where ? { type: 'http', ...this.#where } : new StdioTransport(this.#where),
  })
}

const talk = async (client: MCPClient, turns: Arguments[][], abortSignal?: AbortSignal): Promise<Seen[]> => {
  const tools = await client.tools()
  assert.deepEqual(Object.keys(tools), ['code_execute', 'code_check'])
  const { steps, text } = await generateText({
    model: scripted(turns), tools, prompt: 'go', stopWhen: stepCountIs(turns.length + 1), abortSignal,
  })
  assert.equal(text, 'done')
  return steps.flatMap(step => step.content).flatMap(part => {
    assert.notEqual(part.type, 'tool-error', JSON.stringify(part))
    return part.type === 'tool-result' ? [seen(part.output as Result)] : []
  })
}

const scripted = (turns: Arguments[][]): MockLanguageModelV4 => {
  const answer = (content: Generated['content'], reason: 'tool-calls' | 'stop'): Generated => ({
    content,
    finishReason: { unified: reason, raw: reason },
    usage: {
      inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: 1, text: 1, reasoning: 0 },
    },
    warnings: [],
  })
  const calls = turns.map((turn, number) => answer(turn.map((call, place) => ({
    type: 'tool-call', toolCallId: `${number}-${place}`, toolName: 'code_execute', input: JSON.stringify(call),
  })), 'tool-calls'))
  return new MockLanguageModelV4({ doGenerate: [...calls, answer([{ type: 'text', text: 'done' }], 'stop')] })
}

type Result = { content: { type: 'text', text: string }[], structuredContent?: Values, isError?: boolean }

const seen = ({ content, structuredContent, isError }: Result): Seen => {
  assert.equal(content.length, 1)
  return { text: content[0]!.text, values: structuredContent ?? null, error: isError ?? null }
}

// An agent with the official SDK of the Model Context Protocol: a loop around a model and a tool.
import { Client, type ContentBlock, type Tool } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'

import { next, type Step } from './script.ts'

type Message = { role: 'user' | 'tool', text: string }

/** Here a real model would be asked, with the messages and the tools' names, descriptions and schemas. */
const model = async (messages: Message[], _tools: Tool[]): Promise<Step> =>
  next(messages.filter(({ role }) => role === 'tool').map(({ text }) => text))

const textOf = (content: ContentBlock[]): string =>
  content.map(block => block.type === 'text' ? block.text : '').join('')

// `auto` speaks the protocol's newest revision with servers that know it, and the older ones with the others.
const client = new Client({ name: 'agent', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
await client.connect(new StdioClientTransport({ command: process.env.CODE_EXECUTE ?? 'code-execute', args: ['mcp'] }))
try {
  const { tools } = await client.listTools()
  const messages: Message[] = [{ role: 'user', text: 'How many primes are there below 10,000?' }]
  for (let step = 0; step < 10; step += 1) {
    const said = await model(messages, tools)
    if ('answer' in said) {
      console.log(`answer: ${said.answer}`)
      break
    }
    // The client waits for a minute unless told otherwise: longer than a program is given here.
    const result = await client.callTool({ name: 'code_execute', arguments: { ...said.call, timeout_seconds: 20 } })
    // The text is for the model. The values are for the application: how it ended, the exit code, the streams.
    const { status } = result.structuredContent as { status: string }
    const text = textOf(result.content)
    console.log(`${status}: ${text.split('\n')[0]}`)
    messages.push({ role: 'tool', text })
  }
} finally {
  await client.close()
}

// An agent with the Vercel AI SDK, which gives the tools of a server to a model.
import { createMCPClient } from '@ai-sdk/mcp'
import { Experimental_StdioMCPTransport as StdioTransport } from '@ai-sdk/mcp/mcp-stdio'
import { generateText, stepCountIs } from 'ai'

import { model } from './scripted-model.ts'

const client = await createMCPClient({
  transport: new StdioTransport({ command: process.env.CODE_EXECUTE ?? 'code-execute', args: ['mcp'] }),
})
try {
  const { text } = await generateText({
    // A real model goes here, such as `anthropic('claude-sonnet-4-5')` of `@ai-sdk/anthropic`.
    model,
    tools: await client.tools(),
    stopWhen: stepCountIs(10),
    prompt: 'How many primes are there below 10,000?',
    onStepFinish: ({ toolResults }) => {
      for (const { output } of toolResults) {
        const { content, structuredContent } = output as Result
        console.log(`${structuredContent.status}: ${content[0]!.text.split('\n')[0]}`)
      }
    },
  })
  console.log(`answer: ${text}`)
} finally {
  await client.close()
}

/** The text is for the model; the values are for the application. */
type Result = { content: { text: string }[], structuredContent: { status: string } }

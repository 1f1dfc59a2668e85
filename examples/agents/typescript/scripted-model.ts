// A model of the Vercel AI SDK that follows `script.ts`.
import { MockLanguageModelV4 } from 'ai/test'

import { next } from './script.ts'

export const model = new MockLanguageModelV4({
  doGenerate: async ({ prompt }) => {
    const step = next(prompt.flatMap(message => message.role === 'tool' ? message.content : []).flatMap(part =>
      part.type === 'tool-result' && part.output.type === 'content'
        ? part.output.value.map(block => block.type === 'text' ? block.text : '')
        : []))
    const reason = 'call' in step ? 'tool-calls' : 'stop'
    return {
      content: ['call' in step
        ? { type: 'tool-call', toolCallId: crypto.randomUUID(), toolName: 'code_execute', input: JSON.stringify(step.call) }
        : { type: 'text', text: step.answer }],
      finishReason: { unified: reason, raw: reason },
      usage: {
        inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
        outputTokens: { total: 0, text: 0, reasoning: 0 },
      },
      warnings: [],
    }
  },
})

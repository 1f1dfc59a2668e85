// Has a worker make JavaScript of a component, within a time limit.

import type { Glue } from '../transpiler/glue.js'
import type { Start } from '../transpiler/modules.ts'
import { transpiler, unpacked } from './assets.ts'
import { PolicyProblem } from './problem.ts'
import { trustedScript } from './trusted.ts'

/** In milliseconds. CPython in a component, 18 MB, takes some seconds on a laptop. */
const TIME_LIMIT = 60_000

/** Makes JavaScript and core modules of a component. */
export async function transpiled(component: Uint8Array): Promise<Glue> {
  const { script, modules } = await transpiler()
  const start: Start = {
    component,
    modules: await Promise.all(
      modules.map(async ([name, packed]): Promise<[string, Uint8Array]> => [name, await unpacked(packed)]),
    ),
  }
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
  const worker = new Worker(trustedScript(address), { name: 'transpiler' })
  try {
    return await new Promise<Glue>((resolve, reject) => {
      const refuse = (why: string) => reject(notAComponent(why))
      setTimeout(() => refuse(`it could not be read within ${TIME_LIMIT / 1000} seconds`), TIME_LIMIT)
      worker.onerror = event => refuse(event.message)
      worker.onmessage = ({ data }: MessageEvent<{ glue: Glue } | { failed: string }>) => {
        if ('glue' in data) resolve(data.glue)
        else refuse(data.failed)
      }
      worker.postMessage(start)
    })
  } finally {
    worker.terminate()
    URL.revokeObjectURL(address)
  }
}

function notAComponent(why: string): PolicyProblem {
  const first = why.trim().split('\n', 1)[0] ?? ''
  return new PolicyProblem(
    `The component cannot be read: ${first.slice(0, 300)}`,
    'Check it with `wasm-tools validate`, or build it again.',
  )
}

// A worker that turns one component into JavaScript and core modules, and is then thrown away.
//
// The generator is a component itself, made into JavaScript by itself. It fetches its core modules by address; this
// page has none to fetch from, so the first message brings them.

import './modules.ts'
import { $init, generate } from '@bytecodealliance/jco-transpile/component'
import { glue } from './glue.js'
import { started } from './modules.ts'

async function answer(): Promise<void> {
  const component = await started
  try {
    await $init
    postMessage({ glue: glue(generate, component) })
  } catch (error) {
    const { payload, message } = error as { payload?: unknown; message?: string }
    postMessage({ failed: String(payload ?? message) })
  }
}

void answer()

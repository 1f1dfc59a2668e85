// A link that carries what is on the page: in the fragment, which a browser does not send to any server.

import { byteLength } from './text/places.ts'

/** What a link carries. A policy file is not part of it. */
export interface Shared {
  language: 'python' | 'bash'
  code: string
  /** `balanced` where the default policy was set to it. */
  base?: string
  /** The default policy's configuration, where there is one. */
  configuration?: string
}

/** The form of the fragment. Another form gets another name. */
const FORM = 'v1.'

/** More than the host accepts as code, and a bound on what a link of a few bytes can be unpacked to. */
const MOST_BYTES = 3 << 20

/** The fragment for what is on the page, without the `#`. */
export async function fragment(shared: Shared): Promise<string> {
  const text = new Blob([JSON.stringify(shared)])
  const packed = await new Response(text.stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer()
  const letters = Array.from(new Uint8Array(packed), byte => String.fromCharCode(byte)).join('')
  return FORM + btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Reads a fragment. Fails with a sentence for the reader where it is none of this page's. */
export async function fromFragment(fragment: string): Promise<Shared> {
  if (!fragment.startsWith(FORM)) throw new Error(`it begins with “${fragment.slice(0, 12)}”, not with “${FORM}”`)
  let text: string
  try {
    text = await unpack(fragment.slice(FORM.length).replaceAll('-', '+').replaceAll('_', '/'))
  } catch (error) {
    if (error instanceof RangeError) throw error
    throw new Error('it was cut short or changed')
  }
  return checked(JSON.parse(text))
}

async function unpack(base64: string): Promise<string> {
  const packed = Uint8Array.from(atob(base64), character => character.charCodeAt(0))
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let [text, bytes] = ['', 0]
  const reader = stream.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes += part.value.length
    if (bytes > MOST_BYTES) {
      await reader.cancel()
      throw new RangeError(`it unpacks to more than ${MOST_BYTES >> 20} MiB`)
    }
    text += decoder.decode(part.value, { stream: true })
  }
  return text + decoder.decode()
}

function checked(value: unknown): Shared {
  const { language, code, base, configuration } = (value ?? {}) as Record<string, unknown>
  if (language !== 'python' && language !== 'bash') throw new Error(`its language is ${JSON.stringify(language)}`)
  if (typeof code !== 'string') throw new Error('it holds no code')
  const shared: Shared = { language, code }
  if (typeof base === 'string') shared.base = base
  if (typeof configuration === 'string' && byteLength(configuration) > 0) shared.configuration = configuration
  return shared
}

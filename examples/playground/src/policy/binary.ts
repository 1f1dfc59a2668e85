// What WebAssembly's binary form is made of.

import { PolicyProblem } from './problem.ts'

/** Reads bytes and LEB128 numbers, one after another. */
export class Reader {
  private readonly bytes: Uint8Array
  at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  get done(): boolean {
    return this.at >= this.bytes.length
  }

  byte(): number {
    const byte = this.bytes[this.at]
    if (byte === undefined) throw new PolicyProblem('The file ends too early', 'Build the component again.')
    this.at += 1
    return byte
  }

  number(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte()
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }

  text(): string {
    const length = this.number()
    const bytes = this.bytes.subarray(this.at, this.at + length)
    this.at += length
    return new TextDecoder().decode(bytes)
  }
}

/** A number as LEB128. */
export function encoded(value: number): number[] {
  const bytes = []
  do {
    bytes.push((value & 127) | (value > 127 ? 128 : 0))
    value = Math.floor(value / 128)
  } while (value > 0)
  return bytes
}

// Bytes as a script can carry them: compressed with gzip, in base64.

import { gzipSync } from 'node:zlib'

/** @param {Uint8Array} bytes */
export function packed(bytes) {
  return gzipSync(bytes, { level: 9 }).toString('base64')
}

// The one place where an address becomes a script: the page's Content-Security-Policy asks for Trusted Types.

interface Factory {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): {
    createScriptURL(address: string): string
  }
}

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes

const policy = factory?.createPolicy('playground', {
  createScriptURL(address) {
    if (address.startsWith('blob:') || address === 'transpiler.js') return address
    throw new TypeError(`${address} is no script of this page`)
  },
})

/** An address that may be run: a script that the page made itself, or the one that it brings along. */
export function trustedScript(address: string): string {
  return policy ? policy.createScriptURL(address) : address
}

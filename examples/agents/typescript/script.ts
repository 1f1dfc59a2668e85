// What the scripted models say, in place of a real model: no key and no network is needed to try an agent.
//
// As a real model might, it first imports a module that the policy forbids, reads why, and writes the program anew.

export type Step = { call: { code: string, language: 'python' | 'bash' } } | { answer: string }

const first = 'import os\nprint(sum(range(os.cpu_count())))'

const second = `
sieve = [True] * 10_000
primes = 0
for number in range(2, 10_000):
    if sieve[number]:
        primes += 1
        for multiple in range(number * number, 10_000, number):
            sieve[multiple] = False
print(primes)
`

/** The next step, by what the tool has answered until now. */
export const next = (answers: string[]): Step => {
  const last = answers.at(-1)
  if (last === undefined) return { call: { code: first, language: 'python' } }
  if (last.startsWith('Security violation')) return { call: { code: second, language: 'python' } }
  const result = /^result: (.*)$/m.exec(last)?.[1]
  return { answer: result ? `There are ${result} primes below 10,000.` : `The program did not help: ${last}` }
}

// The processes of a program, found by a word of their command line that nothing else has.
import { randomInt } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** A number of seconds that no other process sleeps. */
export const marker = (): string => `9876.${process.pid}${randomInt(1e9)}`

/** The processes that were started as `sleep SECONDS`. */
export const sleeping = (seconds: string): string[] => readdirSync('/proc').filter(entry => {
  if (!/^\d+$/.test(entry)) return false
  try {
    return readFileSync(`/proc/${entry}/cmdline`, 'utf8').startsWith(`sleep\0${seconds}\0`)
  } catch {
    // It ended meanwhile.
    return false
  }
})

/** Waits until there are so many of them: the proof that they would be found. */
export const untilSleeping = async (seconds: string, count: number, signal: AbortSignal): Promise<void> => {
  while (sleeping(seconds).length !== count) await pause(10, undefined, { signal })
}

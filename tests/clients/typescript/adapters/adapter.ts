import type { Arguments, Seen } from '../scenarios.ts'
import type { Where } from '../server.ts'

export type HandedOn = ReadonlySet<keyof Seen>

/** One client, as an application uses it. */
export interface Adapter {
  /** What it hands on of a result. */
  readonly result: HandedOn
  /** What it hands on of a result that is an error. */
  readonly error: HandedOn
  connect(where: Where): Promise<void>
  close(): Promise<void>
  /** Makes the calls, those of one turn at once, and returns what came of each. */
  talk(turns: Arguments[][]): Promise<Seen[]>
  /** Makes a call and gives it up as an application would, once the program has started. */
  abandon(call: Arguments, started: Promise<void>): Promise<void>
}

export const everything: HandedOn = new Set(['text', 'values', 'error'])

/** Waits for the program, then for the call that `give_up` gives up. */
export const giveUp = async (call: Promise<unknown>, started: Promise<void>, give_up: () => void): Promise<void> => {
  const ended = call.then(() => 'ended by itself', problem => `failed: ${problem}`)
  const early = await Promise.race([ended, started])
  if (early !== undefined) throw new Error(`the call ${early}`)
  give_up()
  const end = await ended
  if (!end.startsWith('failed')) throw new Error(`a call that was given up ${end}`)
}

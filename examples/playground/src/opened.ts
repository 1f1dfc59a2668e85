// A policy that is open on the page: what it is, how it is configured, and what it answers.

import { PolicyClient, type Review } from './policy/client.ts'
import type { Loaded } from './policy/loaded.ts'
import type { Description, Problem, Rule } from './policy/wit.ts'

/** Which of the two embedded policies: they are one component, configured differently. */
export type Base = 'default' | 'balanced'

export class Opened {
  readonly loaded: Loaded
  /** The name of the file it came from; none for the policy that is built in. */
  readonly file: string | undefined
  description: Description
  base: Base = 'default'
  /** What stands in the configuration's editor. */
  text = ''
  private readonly client: PolicyClient

  private constructor(loaded: Loaded, file: string | undefined, client: PolicyClient, description: Description) {
    this.loaded = loaded
    this.file = file
    this.client = client
    this.description = description
  }

  /** Starts a policy and has it describe itself. */
  static async open(loaded: Loaded, file?: string): Promise<Opened> {
    const client = new PolicyClient(loaded)
    try {
      const { description } = await client.describe()
      if (!description) throw new Error('without a configuration there is none to complain about')
      return new Opened(loaded, file, client, description)
    } catch (error) {
      client.close()
      throw error
    }
  }

  get builtIn(): boolean {
    return this.file === undefined
  }

  get configurable(): boolean {
    return this.loaded.interfaces.configuration !== undefined
  }

  /** What the page calls it. */
  get name(): string {
    return this.base === 'balanced' ? this.base : this.description.name
  }

  rule(id: string): Rule | undefined {
    return this.description.rules.find(rule => rule.id === id)
  }

  /** Has the policy describe itself as it is now configured: rules may have been switched off, or made severe. */
  async describeAnew(): Promise<void> {
    const { description } = await this.client.describe(this.configuration)
    if (description) this.description = description
  }

  async review(language: string, code: string): Promise<Review> {
    const review = await this.client.review(language, code, this.configuration)
    return { ...review, problems: review.problems.map(problem => this.inOwnLines(problem)) }
  }

  close(): void {
    this.client.close()
  }

  private get configuration(): string {
    return this.firstLine + this.text
  }

  /** What the choice of a base writes above the configuration. */
  private get firstLine(): string {
    return this.base === 'balanced' ? 'base = "balanced"\n' : ''
  }

  private inOwnLines(problem: Problem): Problem {
    const line = this.firstLine === '' ? problem.line : Math.max(problem.line - 1, 0)
    return { ...problem, line }
  }
}

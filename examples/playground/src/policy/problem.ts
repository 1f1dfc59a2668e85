/** Why a policy cannot be used, or did not answer. The message names the value; the hint says what helps. */
export class PolicyProblem extends Error {
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.name = 'PolicyProblem'
    this.hint = hint
  }
}

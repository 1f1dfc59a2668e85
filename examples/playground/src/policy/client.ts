// Asks a policy that runs in a worker of its own, one question after another, each with a time limit. A policy that
// exceeds it is ended with its worker; the next question gets a new one.

import * as answers from './answers.ts'
import type { Loaded } from './loaded.ts'
import type { Failed, Question, Reply, Start, Step } from './messages.ts'
import { PolicyProblem } from './problem.ts'
import { trustedScript } from './trusted.ts'
import harness from './worker.ts?script'
import type { Description, Problem } from './wit.ts'

/**
 * The longest that a question may take, in milliseconds. The host's budget is about a second of computing; a phone
 * is some times slower, and the first question waits for the worker.
 */
const TIME_LIMIT = 5_000

/** What a review came to. */
export interface Review {
  findings: answers.Finding[]
  /** What is wrong with the configuration. Where there is something, nothing was reviewed. */
  problems: Problem[]
  /** What the model reads, where the submission was rejected. */
  text: string | undefined
  /** Why there is no such text although there should be one. */
  unworded: PolicyProblem | undefined
  milliseconds: number
}

/** What the page and its tests ask a policy. */
export class PolicyClient {
  private worker: Worker | undefined
  private last: Promise<unknown> = Promise.resolve()
  private id = 0
  private readonly policy: Loaded

  constructor(policy: Loaded) {
    this.policy = policy
  }

  /** What the policy says of itself, under a configuration. */
  async describe(configuration = ''): Promise<{ problems: Problem[]; description?: Description }> {
    const reply = await this.ask({ configuration })
    if (!('described' in reply)) throw new Error('a description was expected')
    const problems = answers.problems('configure', reply.described.problems)
    if (problems.length > 0) return { problems }
    return { problems, description: answers.description(reply.described) }
  }

  /** Reviews code in a fresh instance. */
  async review(language: string, code: string, configuration = ''): Promise<Review> {
    const reply = await this.ask({ configuration, submission: { language, code } })
    if (!('reviewed' in reply)) throw new Error('a review was expected')
    const { reviewed } = reply
    const { milliseconds, unworded } = reviewed
    const problems = answers.problems('configure', reviewed.problems)
    const review: Review = {
      findings: answers.findings(reviewed, code),
      problems,
      text: undefined,
      unworded: unworded && problemOf(unworded),
      milliseconds,
    }
    try {
      if (reviewed.text !== undefined) review.text = answers.text(reviewed.text)
    } catch (error) {
      review.unworded = error as PolicyProblem
    }
    return review
  }

  /** Ends the policy, whatever it is doing. */
  close(): void {
    this.worker?.terminate()
    this.worker = undefined
  }

  private ask(question: Omit<Question, 'id'>): Promise<Reply> {
    const answer = this.last.then(() => this.put({ ...question, id: (this.id += 1) }))
    this.last = answer.catch(() => undefined)
    return answer
  }

  private put(question: Question): Promise<Reply> {
    const worker = (this.worker ??= startWorker(this.policy))
    let step: Step = 'instantiate'
    return new Promise((resolve, reject) => {
      const end = (finish: () => void) => {
        clearTimeout(timer)
        worker.onmessage = worker.onerror = null
        finish()
      }
      const timer = setTimeout(() => {
        this.close()
        end(() => reject(tooSlow(step)))
      }, TIME_LIMIT)
      worker.onmessage = ({ data }: MessageEvent<Reply>) => {
        if (data.id !== question.id) return
        if ('step' in data) step = data.step
        else if ('failed' in data) end(() => reject(problemOf(data.failed)))
        else end(() => resolve(data))
      }
      worker.onerror = event => {
        this.close()
        end(() => reject(problemOf({ step, how: 'trap', why: event.message })))
      }
      worker.postMessage(question)
    })
  }
}

/** The worker's script is one text: the harness, what was generated for the component, and the call that joins them. */
function startWorker(policy: Loaded): Worker {
  const script = `${harness}\n${policy.source}\nservePolicy(instantiate)`
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
  const worker = new Worker(trustedScript(address), { name: 'policy' })
  const start: Start = { modules: policy.modules, interfaces: policy.interfaces }
  worker.postMessage(start)
  worker.addEventListener('message', () => URL.revokeObjectURL(address), { once: true })
  return worker
}

function tooSlow(step: Step): PolicyProblem {
  return new PolicyProblem(
    `The policy did not answer \`${step}\` within ${TIME_LIMIT / 1000} seconds and was ended`,
    'The host stops such a policy when its budget of instructions is used up, and rejects the code.',
  )
}

function problemOf({ step, how, why }: Failed): PolicyProblem {
  switch (how) {
    case 'trap':
      return new PolicyProblem(
        `The policy trapped in \`${step}\`: ${why}`,
        'The host would not run the code: a policy must have an answer for every submission.',
      )
    case 'stack':
      return new PolicyProblem(
        `The policy ran out of stack in \`${step}\``,
        'The host rejects such code: bound the depth of what is read before reading it.',
      )
    case 'malformed':
      return new PolicyProblem(
        `The policy answered something malformed in \`${step}\`: ${why}`,
        'The host would not run the code: the answer must be as the interface says.',
      )
  }
}

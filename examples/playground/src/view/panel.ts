// A policy and its answer: the verdict, the findings, what the model reads, and the configuration.

import type { Opened } from '../opened.ts'
import type { Finding } from '../policy/answers.ts'
import { refusal, type Submission } from '../submission.ts'
import { ConfigurationView } from './configuration.ts'
import { element } from './dom.ts'
import { entry } from './finding.ts'
import { PolicyHeader } from './header.ts'
import { READING, showVerdict, verdictOf, verdictOfProblem, type Verdict } from './verdict.ts'

export interface PanelOptions {
  policy: Opened
  goTo(finding: Finding): void
  explain(rule: string): void
  /** There is an answer to what was asked last. */
  answered(): void
  /** The policy is configured anew: what it answered holds no longer. */
  configured(): void
  remove?(): void
}

export class Panel {
  readonly root: HTMLElement
  readonly policy: Opened
  findings: Finding[] = []
  verdict: Verdict = READING
  /** Whether an answer is on its way. */
  asking = false
  private readonly options: PanelOptions
  private readonly header: PolicyHeader
  private readonly configuration: ConfigurationView
  private readonly line = element('p')
  private readonly list = element('ol', { className: 'findings' })
  private readonly model = element('pre', { tabIndex: 0, role: 'region' })
  private readonly reading = element('section', { className: 'model' }, element('h4', {}, 'What the model reads'), this.model)
  private wanted: Submission | undefined

  constructor(options: PanelOptions) {
    this.options = options
    this.policy = options.policy
    const configured = () => void this.configure()
    this.header = new PolicyHeader(this.policy, configured, options.remove)
    this.configuration = new ConfigurationView(this.policy, configured)
    this.model.setAttribute('aria-label', `What the model reads (${this.policy.file ?? 'the host’s policy'})`)
    this.root = element(
      'section',
      { id: `panel-${this.policy.builtIn ? 'default' : 'own'}`, className: 'panel', 'aria-labelledby': this.header.ids },
      this.header.root,
      this.line,
      this.list,
      this.reading,
      this.configuration.root,
    )
    this.settle(READING)
  }

  /** Has a submission reviewed. While one is on its way, only the newest of the others waits. */
  async ask(submission: Submission): Promise<void> {
    this.wanted = submission
    if (this.asking) return
    this.asking = true
    while (this.wanted) {
      const next: Submission = this.wanted
      this.wanted = undefined
      const show = await this.review(next)
      if (!this.wanted) show()
    }
    this.asking = false
    this.options.answered()
  }

  /** Shows the findings. Where there are two policies, `alone` says whether the other has no counterpart to one. */
  showFindings(alone?: (finding: Finding) => boolean): void {
    const entries = this.findings.map(finding => {
      return entry({
        finding,
        rule: this.policy.rule(finding.rule),
        alone: alone?.(finding) ?? false,
        goTo: () => this.options.goTo(finding),
        explain: () => this.options.explain(finding.rule),
      })
    })
    this.list.replaceChildren(...entries)
    this.list.hidden = entries.length === 0
  }

  /** Ends the policy and takes the panel off the page. */
  close(): void {
    this.policy.close()
    this.root.remove()
  }

  /** Shows the base and the configuration that the policy was given from elsewhere. */
  showConfiguration(): void {
    this.header.show()
    this.configuration.show()
  }

  private async review(submission: Submission): Promise<() => void> {
    const refused = refusal(submission)
    if (refused !== undefined) {
      return () => this.settle({ kind: 'waiting', headline: 'Nothing to review', detail: refused })
    }
    try {
      const review = await this.policy.review(submission.language, submission.code)
      return () => {
        this.settle(verdictOf(review), review.findings, review.text ?? review.unworded?.message)
        this.configuration.showProblems(review.problems)
      }
    } catch (error) {
      return () => this.settle(verdictOfProblem(error))
    }
  }

  private settle(verdict: Verdict, findings: Finding[] = [], model?: string): void {
    this.verdict = verdict
    this.findings = findings
    showVerdict(this.line, verdict)
    this.showFindings()
    this.reading.hidden = model === undefined
    this.model.textContent = model ?? ''
  }

  private async configure(): Promise<void> {
    this.header.show()
    this.options.configured()
    // A failure to describe shows in the review, which asks the same policy under the same configuration.
    await this.policy.describeAnew().catch(() => undefined)
    this.header.show()
  }
}

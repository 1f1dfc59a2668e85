// The page: one editor, one or two policies, and what they say about the code.

import { Editor } from './editor/editor.ts'
import { WELCOME } from './examples.ts'
import { Opened } from './opened.ts'
import { builtIn, fromOutside } from './policy/loaded.ts'
import { PolicyProblem } from './policy/problem.ts'
import { fragment, fromFragment } from './share.ts'
import type { Submission } from './submission.ts'
import { comparison, standsAlone } from './view/agreement.ts'
import { announce } from './view/announce.ts'
import { takeFiles } from './view/bring.ts'
import { byId } from './view/dom.ts'
import { ExamplesMenu } from './view/examples.ts'
import { box, spoken } from './view/finding.ts'
import { hideNotice, notice } from './view/notice.ts'
import { Panel } from './view/panel.ts'
import { RulesDialog } from './view/rules.ts'

type Language = Submission['language']

/** In milliseconds between the last key and the review. A review takes less than one. */
const PAUSE = 120

const panels: Panel[] = []
let language: Language = 'python'
let timer: ReturnType<typeof setTimeout> | undefined

const editor = new Editor({
  parent: byId('editor'),
  label: 'Code to review',
  describedBy: 'editor-hint',
  grammar: 'python',
  text: WELCOME.python,
  changed() {
    busy(true)
    clearTimeout(timer)
    timer = setTimeout(review, PAUSE)
  },
  reached: announce,
})
const examples = new ExamplesMenu(put)
const rules = new RulesDialog(put)

function review(): void {
  clearTimeout(timer)
  timer = undefined
  busy(true)
  for (const panel of panels) void panel.ask({ language, code: editor.text })
}

/** Says whether what stands there is about the code as it is now. */
function busy(is: boolean): void {
  byId('findings').setAttribute('aria-busy', String(is))
}

/** Puts a submission into the editor. */
function put(submission: Submission): void {
  choose(submission.language)
  editor.replace(submission.code)
  editor.focus()
  review()
}

function choose(next: Language): void {
  language = next
  editor.speak(next)
  for (const radio of document.querySelectorAll<HTMLInputElement>('[name=language]')) {
    radio.checked = radio.value === next
  }
}

/** Shows in the text, and says, what the policies answered. */
function show(): void {
  busy(timer !== undefined || panels.some(panel => panel.asking))
  const marks = panels.flatMap(({ findings, policy }) => {
    return findings.map(finding => {
      const { start, end, severity } = finding
      // What has no width, at the end of the code say, is shown at the place before it.
      const from = start.index === end.index ? Math.max(start.index - 1, 0) : start.index
      const showBox = () => box(finding, policy.rule(finding.rule), policy.name)
      return { from, to: end.index, severity, message: spoken(finding), box: showBox }
    })
  })
  editor.underline(marks)
  const [first, second] = panels
  const agreement = byId('agreement')
  agreement.hidden = !first || !second || [first, second].some(({ verdict }) => !isAnswer(verdict.kind))
  if (first && second && !agreement.hidden) {
    agreement.textContent = comparison(side(first), side(second))
    first.showFindings(finding => standsAlone(finding, second.findings))
    second.showFindings(finding => standsAlone(finding, first.findings))
  }
  announce(panels.map(({ policy, verdict }) => `${policy.name}: ${verdict.headline}. ${verdict.detail.split(' · ')[0]}`).join('. '))
}

function isAnswer(kind: string): boolean {
  return kind === 'approved' || kind === 'rejected'
}

function side({ policy, findings }: Panel) {
  return { name: policy.name, findings }
}

function open(policy: Opened): void {
  const panel: Panel = new Panel({
    policy,
    goTo: ({ start, end }) => editor.goTo(start.index, end.index),
    explain: rule => rules.open(panels.map(panel => panel.policy), policy, rule),
    answered: show,
    configured: review,
    ...(policy.builtIn ? {} : { remove: () => close(panel) }),
  })
  panels.push(panel)
  byId('panels').append(panel.root)
  document.body.classList.toggle('comparing', panels.length > 1)
  review()
}

function close(panel: Panel): void {
  panels.splice(panels.indexOf(panel), 1)
  panel.close()
  document.body.classList.remove('comparing')
  for (const left of panels) left.showFindings()
  show()
  byId('bring').focus()
}

async function bring(file: File): Promise<void> {
  hideNotice()
  announce(`Reading ${file.name}`)
  document.body.classList.add('bringing')
  try {
    const loaded = await fromOutside(new Uint8Array(await file.arrayBuffer()))
    const policy = await Opened.open(loaded, file.name)
    const before = panels.find(panel => !panel.policy.builtIn)
    if (before) close(before)
    open(policy)
  } catch (error) {
    const hint = error instanceof PolicyProblem ? `${error.message}. ${error.hint}` : (error as Error).message
    notice(`“${file.name}” cannot be used as a policy`, hint)
  } finally {
    document.body.classList.remove('bringing')
  }
}

async function share(): Promise<void> {
  const own = panels.find(panel => panel.policy.builtIn)?.policy
  const carried = { language, code: editor.text, base: own?.base ?? 'default', configuration: own?.text ?? '' }
  history.replaceState(null, '', `#${await fragment(carried)}`)
  const apart = panels.length > 1 ? ' It does not hold your policy file.' : ''
  try {
    await navigator.clipboard.writeText(location.href)
    told(`The link is copied.${apart}`)
  } catch {
    told(`The link is in the address bar.${apart}`)
  }
}

/** Says what became of the link beside the button too, for a while. */
function told(words: string): void {
  const button = byId('share')
  button.textContent = words.split('.', 1)[0] ?? ''
  announce(words)
  setTimeout(() => (button.textContent = 'Share'), 2_500)
}

async function restore(): Promise<void> {
  const carried = location.hash.slice(1)
  // The link past the header is an address of this page too.
  if (carried === '' || document.getElementById(carried)) return
  try {
    const { language, code, base, configuration } = await fromFragment(carried)
    const own = panels.find(panel => panel.policy.builtIn)
    if (own?.policy.configurable) {
      own.policy.base = base === 'balanced' ? 'balanced' : 'default'
      own.policy.text = configuration ?? ''
      own.showConfiguration()
    }
    put({ language, code })
  } catch (error) {
    notice('The address holds nothing that this page can show', `${(error as Error).message}.`)
  }
}

byId('language').onchange = event => {
  const next = (event.target as HTMLInputElement).value as Language
  // An example that nobody touched makes way for one in the other language; anything else stays.
  const untouched = editor.text === WELCOME[language]
  choose(next)
  if (untouched) editor.replace(WELCOME[next])
  review()
}
byId('open-rules').onclick = () => rules.open(panels.map(panel => panel.policy))
byId('share').onclick = () => void share()
takeFiles(file => void bring(file))
addEventListener('hashchange', () => void restore())

async function start(): Promise<void> {
  try {
    const policy = await Opened.open(await builtIn())
    open(policy)
    examples.show(policy.description.rules)
    await restore()
  } catch (error) {
    notice('The policy does not start in this browser', (error as Error).message)
  }
}

void start()

import type { PlanFile, PlanStep } from '../plan.ts'
import { type Intent, readIntent } from './intent.ts'
import { newTestFor } from './new-test.ts'
import { code } from './reasons.ts'

/** What steps are proposed from. */
export interface StepEvidence {
  readonly prompt: string
  readonly basis: 'prompt' | 'structure'
  readonly files: readonly PlanFile[]
  /** Paths of the files that import one of the relevant files, by its path. */
  readonly importers: ReadonlyMap<string, readonly string[]>
  readonly commands: readonly string[]
  /** The tests that are there: a new one is named as they are. */
  readonly testExamples: readonly string[]
  readonly hasChangesets: boolean
}

type Draft = Omit<PlanStep, 'number'>

const mostChanged = 6
const mostNamed = 5
const mostReasons = 3

/** Proposes the steps, in the order in which one would do them. */
export function proposeSteps(evidence: StepEvidence): readonly PlanStep[] {
  const drafts = evidence.basis === 'structure' ? stepsToBegin(evidence) : stepsToChange(evidence)
  return drafts.map((draft, index) => ({ number: index + 1, ...draft }))
}

function stepsToBegin({ files, commands }: StepEvidence): readonly Draft[] {
  const first = files.slice(0, mostNamed).map(({ path }) => path)
  return [
    draft('clarify', 'Ask what the prompt means here, or name a file: none of its words is in this folder.'),
    ...(first.length === 0 ? [] : [draft('read', `Read the ways in: ${listed(first)}.`, { files: first })]),
    ...runStep(commands),
  ]
}

function stepsToChange(evidence: StepEvidence): readonly Draft[] {
  const intent = readIntent(evidence.prompt)
  const relevant = evidence.files.filter((file) => file.relevant)
  const targets = targetsOf(intent, relevant).slice(0, mostChanged)
  return [
    readStep(evidence.files),
    ...reproduceStep(intent, targets, evidence),
    ...targets.map((file) => changeStep(intent, file)),
    ...checkStep(targets, evidence.importers),
    ...testStep(intent, targets, evidence),
    ...documentStep(intent, relevant, evidence),
    ...runStep(evidence.commands),
  ]
}

/** Sources are what is changed; a prompt about tests or documents means these. The best file is one in any case. */
function targetsOf(intent: Intent, relevant: readonly PlanFile[]): readonly PlanFile[] {
  const wanted: PlanFile['kind'] = intent === 'test' ? 'test' : intent === 'document' ? 'document' : 'source'
  const fitting = relevant.filter(({ kind }) => kind === wanted || kind === 'configuration')
  return fitting.length > 0 ? fitting : relevant.slice(0, 1)
}

function readStep(files: readonly PlanFile[]): Draft {
  const first = files.slice(0, mostNamed)
  const details = first.map(({ path, reasons }) => `${code(path)}: ${reasons[0]?.text ?? ''}`)
  return draft('read', 'Read the files that have most to do with the prompt.', {
    files: first.map(({ path }) => path),
    details,
  })
}

function reproduceStep(intent: Intent, targets: readonly PlanFile[], evidence: StepEvidence): readonly Draft[] {
  if (intent !== 'fix') return []
  const tests = targets.flatMap((file) => file.tests).slice(0, 1)
  const place = tests[0] ?? newTestFor(targets[0]?.path ?? '', evidence.testExamples)
  return [draft('reproduce', `Write a test that shows the fault and fails, in ${code(place)}.`, { files: tests })]
}

const verbs: Readonly<Record<Intent, string>> = {
  fix: 'Correct',
  remove: 'Remove what is asked from',
  refactor: 'Restructure',
  document: 'Write',
  test: 'Extend',
  upgrade: 'Adapt',
  add: 'Extend',
  unclear: 'Change',
}

function changeStep(intent: Intent, { path, symbols, reasons }: PlanFile): Draft {
  const around = symbols.length === 0 ? '' : `, around ${symbols.slice(0, mostNamed).map(code).join(', ')}`
  const details = reasons.slice(0, mostReasons).map(({ text }) => text)
  return draft('change', `${verbs[intent]} ${code(path)}${around}.`, { files: [path], details })
}

function checkStep(targets: readonly PlanFile[], importers: ReadonlyMap<string, readonly string[]>): readonly Draft[] {
  const lines = targets.flatMap(({ path }) => {
    const users = importers.get(path) ?? []
    return users.length === 0 ? [] : [{ path, users }]
  })
  if (lines.length === 0) return []
  const details = lines.map(({ path, users }) => `${code(path)} is imported by ${users.length}: ${listed(users)}.`)
  const files = [...new Set(lines.flatMap(({ users }) => users.slice(0, mostNamed)))]
  return [draft('check', 'Check that the files which import what changed still hold.', { files, details })]
}

function testStep(intent: Intent, targets: readonly PlanFile[], evidence: StepEvidence): readonly Draft[] {
  const sources = targets.filter(({ kind }) => kind === 'source')
  if (intent === 'test' || sources.length === 0) return []
  const tested = [...new Set(sources.flatMap(({ tests }) => tests))]
  const untested = sources.filter(({ tests }) => tests.length === 0)
  return [
    ...(tested.length === 0
      ? []
      : [draft('test', `Bring the tests up to date: ${listed(tested)}.`, { files: tested })]),
    ...untested.slice(0, 3).map(({ path }) => {
      const place = newTestFor(path, evidence.testExamples)
      return draft('test', `Add a test for ${code(path)}, which has none named after it, such as ${code(place)}.`)
    }),
  ]
}

function documentStep(intent: Intent, relevant: readonly PlanFile[], evidence: StepEvidence): readonly Draft[] {
  const documents = relevant.filter(({ kind }) => kind === 'document').map(({ path }) => path)
  const changeset = evidence.hasChangesets
    ? ['Add a changeset that says the change in the words of those who use it.']
    : []
  if (intent === 'document' || (documents.length === 0 && changeset.length === 0)) return []
  const title =
    documents.length === 0
      ? 'Say the change where users read it.'
      : `Bring the documents up to date: ${listed(documents)}.`
  return [draft('document', title, { files: documents, details: changeset })]
}

function runStep(commands: readonly string[]): readonly Draft[] {
  return commands.length === 0 ? [] : [draft('run', 'Run the checks of this project.', { commands })]
}

function draft(
  kind: PlanStep['kind'],
  title: string,
  parts: Partial<Pick<PlanStep, 'files' | 'details' | 'commands'>> = {},
): Draft {
  return { kind, title, details: [], files: [], commands: [], ...parts }
}

function listed(paths: readonly string[]): string {
  const named = paths.slice(0, mostNamed).map(code).join(', ')
  return paths.length > mostNamed ? `${named} and ${paths.length - mostNamed} more` : named
}

import type { Workflow, WorkflowStep } from './workflow.ts'
import { WorkflowError, type WorkflowProblem } from './workflow-error.ts'
import { type ParsedArtifact, type ParsedStep, type ParsedWorkflow, workflowSchema } from './workflow-schema.ts'
import { type DocumentPath, parseYaml, type YamlDocument } from './yaml-document.ts'

/**
 * Parses a workflow file: one YAML 1.2 document, merge keys and aliases allowed.
 *
 * @param file named in errors, and the `path` of the workflow; nothing is read from it
 * @throws {WorkflowError} WORKFLOW_SYNTAX or WORKFLOW_INVALID, with every problem and its place
 */
export function parseWorkflow(text: string, file: string): Workflow {
  const document = parseYaml(text, file)
  const parsed = workflowSchema.safeParse(document.value)
  if (!parsed.success)
    throw invalid(
      file,
      parsed.error.issues.map((issue) => problemOf(issue, document)),
    )
  const repeated = repeatedSteps(parsed.data, document)
  if (repeated.length > 0) throw invalid(file, repeated)
  return toWorkflow(parsed.data, file)
}

function invalid(file: string, problems: readonly WorkflowProblem[]): WorkflowError {
  const inOrder = problems.toSorted((one, other) => one.line - other.line || one.column - other.column)
  return new WorkflowError('WORKFLOW_INVALID', file, inOrder)
}

function problemOf(
  { path, message }: { path: DocumentPath; message: string },
  document: YamlDocument,
): WorkflowProblem {
  return problemAt(path, plain(message), document)
}

function problemAt(path: DocumentPath, message: string, document: YamlDocument): WorkflowProblem {
  return { path: written(path), message, ...document.positionOf(path) }
}

/** `['steps', 2, 'agent']` as `steps[2].agent`. */
function written(path: DocumentPath): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

const yamlWords: Readonly<Record<string, string>> = {
  ...{ string: 'text', number: 'a number', boolean: 'true or false', array: 'a list' },
  ...{ object: 'a map', record: 'a map', null: 'nothing' },
}

/** What zod says, in the words of somebody who writes YAML. */
function plain(message: string): string {
  const [, expected = '', received = ''] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? []
  if (received === 'undefined') return 'is missing'
  if (received !== '') return `expected ${yamlWords[expected] ?? expected}, got ${yamlWords[received] ?? received}`
  return message.startsWith('Too small: expected string') ? 'is empty' : message
}

function repeatedSteps({ steps }: ParsedWorkflow, document: YamlDocument): WorkflowProblem[] {
  const firstLines = new Map<number, number>()
  return steps.flatMap(({ step }, index) => {
    const path = ['steps', index, 'step']
    const { line } = document.positionOf(path)
    const firstLine = firstLines.get(step)
    if (firstLine === undefined) firstLines.set(step, line)
    return firstLine === undefined
      ? []
      : [problemAt(path, `step ${step} is defined twice: on line ${firstLine} and on line ${line}`, document)]
  })
}

function toWorkflow(parsed: ParsedWorkflow, path: string): Workflow {
  return { ...filled(parsed), name: parsed.name, path, steps: parsed.steps.map(toStep) } as Workflow
}

function toStep(parsed: ParsedStep): WorkflowStep {
  const { step, name, agent, inputs, outputs, validation } = parsed
  return {
    ...filled(parsed),
    ...(validation ? { validation: filled(validation) } : {}),
    step,
    name,
    agent,
    inputs: inputs.flatMap(pathsIn),
    outputs: outputs.flatMap(pathsIn),
    namedOutputs: Object.fromEntries(outputs.flatMap(namesIn)),
  }
}

/** Without the keys that the file leaves empty: `description:` says nothing. */
function filled(parsed: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== null && value !== undefined))
}

function pathsIn(artifact: ParsedArtifact): string[] {
  return typeof artifact === 'object' ? namesIn(artifact).map(([, path]) => path) : [String(artifact)]
}

/** A name whose value is not a path, as in `plan.json: { required: true }`, is the path itself. */
function namesIn(artifact: ParsedArtifact): [string, string][] {
  if (typeof artifact !== 'object') return []
  return Object.entries(artifact).map(([name, path]) => [name, isScalar(path) ? String(path) : name])
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

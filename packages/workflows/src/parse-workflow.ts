import { type DocumentPath, writePath } from './document-path.ts'
import { namedPaths } from './named-paths.ts'
import { plainMessage } from './plain-message.ts'
import type { Workflow, WorkflowStep } from './workflow.ts'
import { rememberDocument } from './workflow-document.ts'
import { WorkflowError, type WorkflowProblem } from './workflow-error.ts'
import { type ParsedArtifact, type ParsedStep, type ParsedWorkflow, workflowSchema } from './workflow-schema.ts'
import { parseYaml, type YamlDocument } from './yaml-document.ts'

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
  const workflow = toWorkflow(parsed.data, file)
  rememberDocument(workflow, document)
  return workflow
}

function invalid(file: string, problems: readonly WorkflowProblem[]): WorkflowError {
  const inOrder = problems.toSorted((one, other) => one.line - other.line || one.column - other.column)
  return new WorkflowError('WORKFLOW_INVALID', file, inOrder)
}

function problemOf(
  { path, message }: { path: DocumentPath; message: string },
  document: YamlDocument,
): WorkflowProblem {
  return problemAt(path, plainMessage(message), document)
}

function problemAt(path: DocumentPath, message: string, document: YamlDocument): WorkflowProblem {
  return { path: writePath(path), message, ...document.positionOf(path) }
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
  return typeof artifact === 'object' ? namedPaths(artifact).map(([, path]) => path) : [String(artifact)]
}

function namesIn(artifact: ParsedArtifact): [string, string][] {
  return typeof artifact === 'object' ? namedPaths(artifact) : []
}

import {
  drawWorkflow,
  examineWorkflow,
  type PlannedStep,
  reportWorkflow,
  reportWorkflows,
  type WorkflowPlan,
} from '@mayfly/orchestrator-entry'
import { print, printJson, writeError } from '../output.ts'
import { formatTable, oneLine } from '../table.ts'
import type { ReadingOptions } from './surroundings.ts'

export const listWorkflowsCommand = async ({ json }: ReadingOptions): Promise<void> => {
  const workflows = await reportWorkflows()
  if (json) return printJson({ workflows })
  print(formatTable([['WORKFLOW', 'WHAT IT IS FOR'], ...workflows.map(({ name, description }) => [name, description])]))
}

const show = async (workflow: string, { cwd, json }: ReadingOptions): Promise<void> => {
  const plan = await reportWorkflow(workflow, cwd ?? process.cwd())
  if (json) return printJson(plan)
  print(describe(plan))
}

const validate = async (workflow: string, { cwd, json }: ReadingOptions): Promise<void> => {
  const { file, plan, problems, notes } = await examineWorkflow(workflow, cwd ?? process.cwd())
  if (json) printJson({ file, valid: problems.length === 0, problems, notes })
  else {
    for (const { path, message, line, column } of notes) print(`${file}:${line}:${column}: note: ${path}: ${message}`)
    if (plan !== null) print(`${file}: ${plan.name}, ${plan.steps.length} steps, nothing is wrong`)
    for (const { path, message, line, column } of problems)
      writeError(`${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}\n`)
  }
  if (problems.length > 0) process.exitCode = 2
}

const graph = async (workflow: string, { cwd, json }: ReadingOptions): Promise<void> => {
  const mermaid = await drawWorkflow(workflow, cwd ?? process.cwd())
  if (json) printJson({ mermaid })
  else print(mermaid.trimEnd())
}

type WorkflowCommand = (workflow: string, options: ReadingOptions) => Promise<void>

/** By the name of the command. */
export const workflowCommands: Readonly<Record<'show' | 'validate' | 'graph', WorkflowCommand>> = {
  show,
  validate,
  graph,
}

const describe = ({ name, steps, inputs, notes }: WorkflowPlan): string =>
  [
    name,
    formatTable([['STEP', 'NAME', 'AGENTS', 'NEEDS', 'THEN'], ...steps.map((step) => toRow(step, steps))]),
    ...inputs.map((input) => `input ${input.name} (${input.type}${input.required ? ', required' : ''})`),
    ...notes.map(({ path, line, message }) => `note: ${path} (line ${line}): ${message}`),
  ].join('\n')

const toRow = (step: PlannedStep, steps: readonly PlannedStep[]): string[] => [
  String(step.number),
  oneLine(step.name, 50),
  step.agents.join(', else '),
  step.needs.map((need) => String(steps[need]?.number)).join(', ') || '-',
  then(step, steps),
]

const then = ({ condition, approval, onFailure, validation }: PlannedStep, steps: readonly PlannedStep[]): string =>
  [
    condition === undefined || condition.kind === 'constant'
      ? ''
      : `${condition.kind === 'cel' ? 'only if' : 'note'}: ${textOf(condition)}`,
    approval === undefined ? '' : `a person decides ${approval} it`,
    onFailure === undefined ? '' : `on failure back to ${steps[onFailure.to]?.number}, ${onFailure.max} times at most`,
    validation?.minimumScore === undefined ? '' : `score of at least ${validation.minimumScore}`,
  ]
    .filter((part) => part !== '')
    .join('; ') || '-'

const textOf = (condition: Extract<PlannedStep['condition'], { kind: 'cel' | 'prose' }>): string =>
  oneLine(condition.kind === 'cel' ? condition.source : condition.text, 60)

import type { Workflow } from '../workflow.ts'
import { checkTemplates } from './check-templates.ts'
import { noteUnread } from './note-unread.ts'
import { type FallbackAgents, planAgents, planFallbacks } from './plan-agents.ts'
import { planCondition } from './plan-condition.ts'
import { planApproval, planTimeout, planValidation } from './plan-details.ts'
import { planFailure } from './plan-failure.ts'
import { planInputs } from './plan-inputs.ts'
import { hasNeeds, planNeeds } from './plan-needs.ts'
import { checkReferences } from './plan-references.ts'
import { PlanReport } from './plan-report.ts'
import { mergeRetry, type PlannedRetry, planRetry } from './plan-retry.ts'
import type { PlanScope } from './plan-scope.ts'
import type { PlannedInput } from './planned-input.ts'
import type { PlannedStep } from './planned-step.ts'
import { StepIndex } from './step-index.ts'
import { orderSteps } from './step-order.ts'
import type { WorkflowPlan } from './workflow-plan.ts'

// What comes before what is kept as a bit for each pair of steps: 13 MB for so many.
const MOST_STEPS = 10_000

/** What the steps of a workflow have in common. */
interface Common extends PlanScope {
  readonly needs: readonly (readonly number[])[]
  readonly fallbackAgents: FallbackAgents
  readonly retry: PlannedRetry
  readonly inputs: readonly PlannedInput[]
}

/**
 * Works out what a workflow comes to: its order, conditions, fallbacks, retries, approvals, inputs. Pure; 5,000 steps
 * take well under a second. A workflow from `parseWorkflow` or `loadWorkflow` has its problems named with their places.
 *
 * @throws {WorkflowError} WORKFLOW_INVALID, with every problem and its place
 */
export function planWorkflow(workflow: Workflow): WorkflowPlan {
  const report = new PlanReport(workflow)
  if (workflow.steps.length > MOST_STEPS) report.problem(['steps'], `are more than ${MOST_STEPS}`)
  report.refuse()
  const common = readCommon(workflow, report)
  const steps = workflow.steps.map((_step, position) => planStep(common, position))
  for (const step of steps) checkTemplates(common, step)
  report.refuse()
  return { version: 1, name: workflow.name, steps, inputs: common.inputs, notes: report.notes }
}

function readCommon(workflow: Workflow, report: PlanReport): Common {
  const index = new StepIndex(workflow)
  const needs = planNeeds(workflow, index, report)
  const order = orderSteps(needs)
  for (const cycle of order.cycles) refuseCycle(cycle, workflow, index, report)
  const inputs = planInputs(workflow, report)
  const inputNames = new Set(inputs.map(({ name }) => name))
  const fallbackAgents = planFallbacks(workflow, report)
  const retry = planRetry(workflow.retry_config, ['retry_config'], report)
  noteUnread(workflow, report)
  return { workflow, index, order, inputs, report, needs, fallbackAgents, retry, inputNames }
}

function refuseCycle(cycle: readonly number[], workflow: Workflow, index: StepIndex, report: PlanReport): void {
  const [first = 0] = cycle.toSorted((one, other) => one - other)
  const turned = [...cycle.slice(cycle.indexOf(first)), ...cycle.slice(0, cycle.indexOf(first)), first]
  const names = turned.map((position) => index.describe(position))
  const shown = names.length > 12 ? [...names.slice(0, 10), '…', ...names.slice(-1)] : names
  const implied = cycle.find((position) => !hasNeeds(workflow.steps[position]))
  const why = implied === undefined ? '' : ` (${index.describe(implied)} has no needs, so it needs the one before it)`
  report.problem(['steps', first, 'needs'], `needs itself: ${shown.join(' → ')}${why}`)
}

function planStep(common: Common, position: number): PlannedStep {
  const { workflow, report } = common
  const step = workflow.steps[position]
  if (step === undefined) throw new RangeError(`Expected a step at position ${position}`)
  checkReferences(common, position)
  const optional = {
    description: step.description,
    condition: planCondition(common, position),
    onFailure: planFailure(common, position),
    approval: planApproval(step, position, report),
    validation: planValidation(step, position, report),
    type: step.type,
    repeatable: step.repeatable,
    timeoutMs: planTimeout(step, position, report),
  }
  return {
    position,
    number: step.step,
    name: step.name,
    agents: planAgents(step, position, common.fallbackAgents, report),
    needs: common.needs[position] ?? [],
    inputs: step.inputs,
    outputs: step.outputs,
    namedOutputs: step.namedOutputs,
    ...mergeRetry(planRetry(step.retry, ['steps', position, 'retry'], report), common.retry),
    ...present(optional),
  }
}

/** Without the keys that have no value, so that a plan that was stored as JSON is equal to what it was. */
function present<Values extends object>(values: Values): { [Key in keyof Values]?: Exclude<Values[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Values]?: Exclude<Values[Key], undefined>
  }
}

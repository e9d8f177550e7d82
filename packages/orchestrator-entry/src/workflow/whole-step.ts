import type { AgentReference, AgentStep } from '@mayfly/agents'
import type { Claim, Follow, JsonValue, RunStore } from '@mayfly/run-store'
import { type PlannedStep, renderTemplate, templateValues } from '@mayfly/workflows'
import { errorRecord } from '../error-record.ts'
import type { StoredRequest } from '../queue/stored-request.ts'
import type { Redactor } from '../redactor.ts'
import { runStatus } from '../run-record-writer.ts'
import type { StepExecution } from '../step-executor.ts'
import type { StepBrief } from '../step-task.ts'
import type { SpentBudget } from './budget.ts'
import { followRun } from './follow-run.ts'
import { briefStep } from './step-brief.ts'
import type { StoredWorkflow } from './stored-workflow.ts'

/** One claimed step of a whole run, and what is needed to execute it and to go on from there. */
export interface WholeStep {
  readonly planned: PlannedStep
  readonly workflow: StoredWorkflow
  readonly request: StoredRequest
  readonly brief: StepBrief
  /** The path of its gate file, from the run's folder of artifacts; `null`: it has none. */
  readonly gate: string | null
  /** What follows from its end. */
  readonly follow: (end: WholeStepEnd) => Follow
}

export interface WholeStepEnd {
  readonly execution: StepExecution
  /** Only this process may begin what follows. */
  readonly hold: boolean
  /** The limit that has cut it short, or keeps it from being tried again. */
  readonly cutBy: SpentBudget | undefined
  readonly redactor: Redactor
}

export const openWholeStep = async (store: RunStore, workflow: StoredWorkflow, claim: Claim): Promise<WholeStep> => {
  const planned = workflow.plan.steps[claim.step] as PlannedStep
  const values = templateValues(workflow, claim.run)
  const request = toRequest(workflow, planned, claim, values)
  return {
    planned,
    workflow,
    request,
    brief: await briefStep(store, claim, workflow, planned, request.step.inputs),
    gate: planned.validation?.gate === undefined ? null : renderTemplate(planned.validation.gate, values),
    follow: ({ execution, hold, cutBy, redactor }) =>
      followRun({
        runId: claim.runId,
        workflow,
        hold,
        ...(cutBy !== undefined && { cutBy }),
        event: { kind: 'ended', step: claim.step },
        feedback: redactor.text(feedbackOf(planned, execution)),
        because: execution.error === null ? null : redactor.text(errorRecord(execution.error).message),
        isCostUnknown: runStatus(execution) === 'completed' && execution.result?.report?.costUsd == null,
      }),
  }
}

const toRequest = (
  workflow: StoredWorkflow,
  planned: PlannedStep,
  { stepRecord }: Claim,
  values: Readonly<Record<string, string>>,
): StoredRequest => ({
  version: 1,
  step: toAgentStep(planned, stepRecord.agent, values),
  agent: workflow.agents[stepRecord.agent] as AgentReference,
  isolation: workflow.isolation,
  heapLimitMb: workflow.heapLimitMb,
  timeoutMs: planned.timeoutMs ?? workflow.timeoutMs,
  graceMs: workflow.graceMs,
  backoffMs: planned.backoffMs ?? workflow.backoffMs,
})

const toAgentStep = (planned: PlannedStep, agent: string, values: Readonly<Record<string, string>>): AgentStep => {
  const render = (text: string): string => renderTemplate(text, values)
  const { number, name, description, inputs, outputs } = planned
  return {
    ...{ number, name, agent, inputs: inputs.map(render), outputs: outputs.map(render) },
    ...(description !== undefined && { description: render(description) }),
  }
}

/** What a step that this one sends back is told. */
const feedbackOf = ({ number, name }: PlannedStep, { error, rejected }: StepExecution): string => {
  const said = rejected == null ? [] : [rejected.summary, describeOutput(rejected.output)]
  const why = error === null ? [] : [errorRecord(error).message]
  return [`Step ${number} (${name}) sent this back:`, ...why, ...said].join('\n\n').slice(0, LONGEST_FEEDBACK)
}

const describeOutput = (output: JsonValue): string =>
  typeof output === 'string' ? output : JSON.stringify(output, null, 2)

/** Characters; the whole of it is in the artifacts of the step that sent it. */
const LONGEST_FEEDBACK = 20_000

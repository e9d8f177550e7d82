import { realpathSync } from 'node:fs'
import type { AcceptedRun, JsonValue, NewStep, StepChange } from '@mayfly/run-store'
import { type Decision, type ScheduleEvent, schedule, startMarks } from '@mayfly/workflows'
import type { RoutedRun } from '../prepare-run.ts'
import type { Budget } from './budget.ts'
import { conditionHolds } from './condition-facts.ts'
import { newRunState } from './run-state.ts'
import { toStepChange } from './step-change.ts'
import type { StoredWorkflow } from './stored-workflow.ts'

export interface AcceptableWorkflow {
  readonly run: RoutedRun
  readonly workflow: StoredWorkflow
  readonly budget: Budget
  /** Waits its turn in a folder that another run works on. */
  readonly waitsForWorkspace: boolean
}

/** What the store gets of a whole run: all its steps, those that can begin in the queue. */
export const acceptedWorkflow = (
  given: AcceptableWorkflow,
): Pick<AcceptedRun, 'steps' | 'others' | 'status' | 'state' | 'request' | 'workspace' | 'waitForWorkspace'> => {
  const { workflow, run, budget, waitsForWorkspace } = given
  const marks = startMarks(workflow.plan)
  const start: ScheduleEvent = { kind: 'start' }
  const decision = schedule(workflow.plan, marks, start, {
    condition: (step) => conditionHolds(workflow, step, run, { stepAt: (other) => marks[other], resultOf: () => null }),
    feedback: () => '',
  })
  const state = { ...newRunState(budget), sentBack: decision.sentBack }
  const decided = new Map(decision.changes.map((change) => [change.step, change]))
  const changes = marks.map(
    (mark): StepChange => toStepChange(workflow, decided.get(mark.step) ?? { ...mark, to: 'pending' }, state),
  )
  const status = statusAtStart(decision)
  return {
    steps: changes.filter((change): change is StepChange & NewStep => change.status === 'queued'),
    others: changes.filter((change) => change.status !== 'queued'),
    ...(status !== undefined && { status }),
    state: state as unknown as JsonValue,
    request: workflow as unknown as JsonValue,
    // Under its real name: two ways to one folder are one folder.
    workspace: realpathSync(run.cwd),
    waitForWorkspace: waitsForWorkspace,
  }
}

/** A run may have nothing to do, wait for a person before it begins, or fail in a condition. */
const statusAtStart = ({ run }: Decision): AcceptedRun['status'] =>
  run.status === 'going' || run.status === 'stopped' ? undefined : run.status

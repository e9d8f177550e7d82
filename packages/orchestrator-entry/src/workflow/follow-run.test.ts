import type { RunRecord, RunView, StepMark } from '@mayfly/run-store'
import { parseWorkflow, planWorkflow } from '@mayfly/workflows'
import { expect, test } from 'vitest'
import { NO_BUDGET } from './budget.ts'
import { followRun } from './follow-run.ts'
import { newRunState } from './run-state.ts'
import type { StoredWorkflow } from './stored-workflow.ts'

const plan = planWorkflow(parseWorkflow('name: flow\nsteps:\n  - { step: 0, name: Build, agent: a }\n', 'flow.yaml'))
const workflow = { plan, routes: [], agents: {}, inputs: {} } as unknown as StoredWorkflow

const mark: StepMark = {
  ...{ step: 0, number: 0, status: 'interrupted', round: 0, agent: 'a', executionMode: null, memory: null },
}

const interrupted = (endedAt: number, at: number): RunView => ({
  run: { runId: 'run-1', createdAt: 0, endedAt } as RunRecord,
  state: { ...newRunState({ ...NO_BUDGET, wallMs: 5000 }) } as unknown as RunView['state'],
  steps: [mark],
  stepAt: () => mark,
  counts: { interrupted: 1 },
  stepsThatAre: (status) => (status === 'interrupted' ? [0] : []),
  resultOf: () => null,
  usage: {
    attempts: 1,
    inputTokens: 0,
    cachedTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    unattendedMs: 0,
    unreportedTokens: 0,
    unreportedCost: 0,
  },
  at,
  isCancelRequested: false,
})

const resume = followRun({ runId: 'run-1', workflow, event: { kind: 'resumed' }, feedback: '', hold: false })

test('the time for which a run stood still after its end is not spent', () => {
  const { steps, state } = resume(interrupted(1000, 100_000))
  expect(steps).toMatchObject([{ step: 0, status: 'queued' }])
  expect(state).toMatchObject({ idleMs: 99_000, idleSince: null })
})

test('what was spent until then is', () => {
  expect(resume(interrupted(5000, 100_000)).run).toMatchObject({
    status: 'failed',
    error: { code: 'BUDGET_EXHAUSTED' },
  })
})

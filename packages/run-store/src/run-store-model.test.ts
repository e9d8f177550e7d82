import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anArtifact, aStep } from './fixtures/records.ts'
import { counter, rejection, scratchStore } from './fixtures/scratch.ts'
import type { NewRun, RunPatch, RunRecord, RunStatus } from './run-record.ts'
import type { RunStore } from './run-store.ts'
import type { StepEnd } from './step-end.ts'
import type { StepRecord } from './step-record.ts'

/** The store as plain lists: what it promises, without how it keeps it. */
class PlainStore {
  readonly runs: RunRecord[] = []
  readonly steps = new Map<string, StepRecord>()
  readonly artifacts = new Set<string>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  create(run: NewRun, bootId: string): string | undefined {
    const createdAt = this.#now()
    if (this.find(run.runId)) return 'RUN_EXISTS'
    this.runs.push({ ...unknown, status: 'queued', createdAt, ...run, bootId })
    return undefined
  }

  update(runId: string, patch: RunPatch): string | undefined {
    const index = this.runs.findIndex((run) => run.runId === runId)
    const run = this.runs[index]
    if (run === undefined) return 'RUN_NOT_FOUND'
    this.runs[index] = { ...run, ...patch }
    return undefined
  }

  finish({ step, run, artifacts }: StepEnd): string | undefined {
    const code = this.update(step.runId, run)
    if (code !== undefined) return code
    this.steps.set(`${step.runId}/${step.step}`, { ...aStep(), number: step.step, ...step })
    for (const { runId, step: position, name } of artifacts) this.artifacts.add(`${runId}/${position}/${name}`)
    return undefined
  }

  find(runId: string): RunRecord | undefined {
    return this.runs.find((run) => run.runId === runId)
  }

  newest(limit: number, status?: RunStatus): readonly RunRecord[] {
    return this.runs
      .toReversed()
      .filter((run) => status === undefined || run.status === status)
      .slice(0, limit)
  }

  stepsOf(runId: string): readonly StepRecord[] {
    return [...this.steps.values()].filter((step) => step.runId === runId).sort((one, two) => one.step - two.step)
  }
}

const unknown = {
  executionMode: null,
  reason: null,
  workflow: null,
  workflowPath: null,
  complexity: null,
  routing: null,
  runtime: null,
  startedAt: null,
  endedAt: null,
  error: null,
  cancelRequestedAt: null,
  idempotencyKey: null,
  workspace: null,
} as const

const runIds = fc.constantFrom('a', 'b', 'c')
const statuses = fc.constantFrom<RunStatus>('queued', 'running', 'waiting', 'completed', 'failed', 'cancelled')
const anyText = fc.string({ unit: 'binary' })
const times = fc.option(fc.nat(), { nil: null })
const errors = fc.option(fc.record({ name: anyText, message: anyText, code: fc.option(anyText, { nil: null }) }), {
  nil: null,
})
/** JSON has no -0: it comes back as 0. */
const jsonValues = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)))

const patches: fc.Arbitrary<RunPatch> = fc.record(
  {
    status: statuses,
    executionMode: fc.constantFrom('legacy', 'worker', null),
    reason: fc.option(anyText, { nil: null }),
    complexity: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
    routing: jsonValues,
    startedAt: times,
    endedAt: times,
    error: errors,
  },
  { requiredKeys: [] },
)

type Action = (store: RunStore, plain: PlainStore) => Promise<void>

async function expectSameAnswer(call: Promise<unknown>, code: string | undefined): Promise<void> {
  const error = await rejection(call)
  expect((error as { code?: string } | undefined)?.code).toBe(code)
}

const creations: fc.Arbitrary<Action> = fc
  .record({ runId: runIds, prompt: anyText, cwd: fc.constant('/work') })
  .map((run) => (store, plain) => expectSameAnswer(store.createRun(run), plain.create(run, store.bootId)))

const updates: fc.Arbitrary<Action> = fc.tuple(runIds, patches).map(
  ([runId, patch]) =>
    (store, plain) =>
      expectSameAnswer(store.updateRun(runId, patch), plain.update(runId, patch)),
)

const stepEnds: fc.Arbitrary<StepEnd> = fc
  .record({ runId: runIds, position: fc.nat({ max: 2 }), status: statuses, result: jsonValues, run: patches })
  .map(({ runId, position, status, result, run }) => ({
    step: aStep({ runId, step: position, status, result }),
    run,
    artifacts: [anArtifact({ runId, step: position, name: `${status}.md` })],
  }))

const finishes: fc.Arbitrary<Action> = stepEnds.map(
  (end) => (store, plain) => expectSameAnswer(store.finishStep(end), plain.finish(end)),
)

async function expectSameContent(store: RunStore, plain: PlainStore, status: RunStatus): Promise<void> {
  expect(await store.listRuns()).toEqual(plain.newest(50))
  expect(await store.listRuns({ limit: 1, status })).toEqual(plain.newest(1, status))
  const artifacts = []
  for (const runId of ['a', 'b', 'c']) {
    expect(await store.getRun(runId)).toEqual(plain.find(runId))
    expect(await store.listSteps(runId)).toEqual(plain.stepsOf(runId))
    artifacts.push(...(await store.listArtifacts(runId)))
  }
  expect(artifacts.map(({ runId, step, name }) => `${runId}/${step}/${name}`)).toEqual([...plain.artifacts].sort())
}

test('whatever is done to it, the store answers and holds what plain lists would', async () => {
  const actions = fc.array(fc.oneof(creations, updates, finishes), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(actions, statuses, async (sequence, status) => {
      const [storeClock, plainClock] = [counter(), counter()]
      await using store = await scratchStore(storeClock)
      // Opening took the first tick.
      plainClock()
      const plain = new PlainStore(plainClock)
      for (const action of sequence) await action(store, plain)
      await expectSameContent(store, plain, status)
    }),
    { numRuns: 40 },
  )
})

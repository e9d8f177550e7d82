import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scanStatistics } from './fixtures/full-scan.ts'
import { aClaim, anAcceptedRun, anAttemptEnd, anObservation, aSession, aStep } from './fixtures/records.ts'
import { scratchStore } from './fixtures/scratch.ts'
import type { RunPatch, RunStatus } from './run-record.ts'
import type { RunStore } from './run-store.ts'
import type { SessionRecord } from './session-record.ts'

const runIds = fc.constantFrom('a', 'b', 'c', 'd')
const statuses = fc.constantFrom<RunStatus>('queued', 'running', 'completed', 'failed', 'cancelled', 'interrupted')
const modes = fc.constantFrom('legacy', 'worker', null)
/** Small ones meet, large ones reach every grain; a clock set back makes negative durations. */
const times = fc.option(fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 2 ** 40 })), { nil: null })
const peaks = fc.option(fc.double({ min: 0, max: 5000, noNaN: true }), { nil: null })

const patches: fc.Arbitrary<RunPatch> = fc.record(
  { status: statuses, executionMode: modes, startedAt: times, endedAt: times },
  { requiredKeys: [] },
)

const sessions: fc.Arbitrary<SessionRecord> = fc
  .record({
    sessionId: fc.constantFrom('s', 't', 'u'),
    runId: fc.oneof(runIds, fc.constant(null)),
    isolation: fc.constantFrom('in-process', 'thread', 'process'),
    status: fc.constantFrom('queued', 'running', 'completed', 'failed', 'timed_out'),
    cause: fc.constantFrom(null, 'result', 'startup', 'spawn', 'queue_timeout'),
    peakHeapMb: peaks,
    endedAt: times,
  })
  .map((changes) => aSession(changes))

type Action = (store: RunStore) => Promise<unknown>

/** What is refused (a run that is there, or is not) changes nothing, and the comparison shows that too. */
const actions: fc.Arbitrary<Action> = fc.oneof(
  fc.tuple(runIds, patches).map(
    ([runId, patch]): Action =>
      (store) =>
        store.createRun({ runId, prompt: '', cwd: '/', ...patch }),
  ),
  fc.tuple(runIds, patches).map(
    ([runId, patch]): Action =>
      (store) =>
        store.updateRun(runId, patch),
  ),
  sessions.map(
    (session): Action =>
      (store) =>
        store.saveSession(session),
  ),
  fc.tuple(runIds, fc.constantFrom('legacy', 'worker'), peaks, patches).map(
    ([runId, executionMode, peakHeapMb, run]): Action =>
      (store) =>
        store.finishStep({
          step: aStep({ runId }),
          run,
          artifacts: [],
          observation: anObservation({ runId, executionMode, peakHeapMb }),
        }),
  ),
  fc.tuple(runIds, modes, peaks).map(
    ([runId, executionMode, peakHeapMb]): Action =>
      async (store) => {
        const { claim } = await store.accept(anAcceptedRun({ runId, executionMode, claim: aClaim() }))
        if (claim)
          await store.settle(claim, anAttemptEnd({ session: { status: 'completed', cause: 'result', peakHeapMb } }))
      },
  ),
  fc.constant<Action>(async (store) => store.interruptOwn('stop')),
  fc.tuple(fc.nat({ max: 60 }), fc.boolean()).map(
    ([keepMs, interrupted]): Action =>
      (store) =>
        store.gc({ keepMs, interrupted }),
  ),
)

test('what stats reads agrees with a count of every row, whatever was written and deleted before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(actions, { maxLength: 25 }), async (sequence) => {
      await using store = await scratchStore()
      for (const action of sequence) await action(store).catch(expectRefusal)
      expect(await store.stats()).toEqual(scanStatistics(store.path))
      expect((await store.check()).find(({ code }) => code === 'rollups')).toMatchObject({ level: 'ok' })
    }),
    { numRuns: 30 },
  )
})

function expectRefusal(error: unknown): void {
  expect((error as { code?: string }).code).toMatch(/^RUN_/)
}

import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aSessionTask, type Obedience, SimulatedClock, SimulatedWorker, usage } from './fixtures/simulation.ts'
import { Admission } from './memory/admission.ts'
import { TaskQueue } from './queue/task-queue.ts'
import type { Session } from './session/session.ts'
import type { Queueing } from './session/session-task.ts'
import { SessionPool } from './session-pool.ts'
import { Ticket } from './submission.ts'

/* Many sessions at once, with everything that can happen to them and to the journal, in any order. */

const MAX_WORKERS = 3
const BUDGET_MB = 400

interface Submitted {
  readonly session: Session
  readonly ticket: Ticket
  readonly worker: SimulatedWorker
  readonly abort: AbortController
  answers: number
}

class Stage {
  readonly clock: SimulatedClock = new SimulatedClock()
  /** Set by the test, as the elastic ones are by what is seen of the machine. */
  readonly slots: { size: number; want(): void; close(): void } = {
    size: MAX_WORKERS,
    want: () => {},
    close: () => {},
  }
  readonly admission: Admission = new Admission({
    slots: this.slots,
    budgetMb: BUDGET_MB,
    queue: new TaskQueue(1000),
  })
  readonly submitted: Submitted[] = []
  readonly #workers: Map<string, SimulatedWorker> = new Map()
  readonly pool: SessionPool
  journalFails = false

  constructor() {
    const nothing = (): void => {}
    this.pool = new SessionPool({
      clock: this.clock,
      admission: this.admission,
      journal: { queued: () => (this.journalFails ? Promise.reject(new Error('disk full')) : undefined) },
      care: {
        starting: nothing,
        started: nothing,
        handedOver: nothing,
        child: () => false,
        settled: nothing,
        ended: nothing,
      },
      maxWorkers: MAX_WORKERS,
      transportFor: (_moment, { sessionId }) => this.#workers.get(sessionId) ?? expect.fail('a worker of no session'),
      listener: {
        changed: (session) => this.#onChanged(session),
        settled: nothing,
        accepted: nothing,
        enqueued: nothing,
        refused: nothing,
        waitsForMemory: nothing,
        needsDrain: nothing,
        idle: nothing,
        journalFailed: nothing,
        log: nothing,
      },
    })
  }

  #onChanged(session: Session): void {
    if (session.state !== 'starting') return
    const { key, keyConcurrency } = session.task.queueing
    const others = this.submitted.filter((other) => other.session !== session && isRunning(other.session))
    const ofItsKey = others.filter((other) => other.session.task.queueing.key === key)
    if (key !== undefined) expect(ofItsKey.length).toBeLessThan(keyConcurrency)
    expect(others.length).toBeLessThan(this.slots.size)
  }

  submit(obedience: Obedience, heapLimitMb: number, queueing: Queueing): void {
    const worker = new SimulatedWorker(obedience)
    const abort = new AbortController()
    const task = aSessionTask()
    const sessionId = `worker-session-${this.submitted.length}`
    this.#workers.set(sessionId, worker)
    const ticket = new Ticket({ signal: abort.signal })
    const limits = { ...task.limits, heapLimitMb }
    const session = this.pool.accept({ ...task, sessionId, queueing, limits }, ticket)
    const submitted = { session, ticket, worker, abort, answers: 0 }
    const count = (): void => void submitted.answers++
    ticket.settled.then(count, count)
    this.submitted.push(submitted)
  }

  get started(): string[] {
    return this.submitted.filter(({ worker }) => worker.listener !== undefined).map(({ session }) => session.id)
  }

  /** What was decided in promises has happened. */
  async rest(): Promise<void> {
    for (const { worker } of this.submitted) worker.obey()
    await new Promise(setImmediate)
  }
}

const isRunning = ({ state }: Session): boolean => state !== 'queued' && state !== 'ended'

type Happening = (stage: Stage) => void

const obediences = fc.constantFrom<Obedience>('exits on terminate', 'exits on kill', 'never exits')

const queueings: fc.Arbitrary<Queueing> = fc.record({
  priority: fc.integer({ min: -1, max: 1 }),
  key: fc.constantFrom(undefined, undefined, 'a', 'b'),
  keyConcurrency: fc.integer({ min: 1, max: 2 }),
})

const toOne = (happen: (one: Submitted) => void): fc.Arbitrary<Happening> =>
  fc.nat({ max: 9 }).map((index) => (stage) => {
    const one = stage.submitted[index]
    if (one !== undefined) happen(one)
  })

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(obediences, fc.constantFrom(50, 150, 350), queueings).map(
      ([obedience, heapLimitMb, queueing]): Happening =>
        (stage) =>
          stage.submit(obedience, heapLimitMb, queueing),
    ),
  },
  { weight: 3, arbitrary: toOne(({ worker }) => worker.say({ type: 'ready', threadId: 1 })) },
  {
    weight: 2,
    arbitrary: toOne(({ worker }) => worker.say({ type: 'result', value: 1, bytes: 8, usage, droppedLogLines: 0 })),
  },
  toOne(({ worker }) => worker.exit(0)),
  toOne(({ abort }) => abort.abort(new Error('enough'))),
  toOne(({ session }) => session.cancel('user', 'enough')),
  toOne(({ session }) => session.observe({ heapMb: 1000 })),
  fc.integer({ min: 1, max: 800 }).map(
    (ms): Happening =>
      ({ clock }) =>
        clock.advance(ms),
  ),
  fc.integer({ min: 1, max: MAX_WORKERS }).map(
    (size): Happening =>
      ({ slots, pool }) => {
        slots.size = size
        pool.startNext()
      },
  ),
  fc.boolean().map(
    (fails): Happening =>
      (stage) => {
        stage.journalFails = fails
      },
  ),
  fc.boolean().map(
    (graceful): Happening =>
      ({ pool }) =>
        pool.cancelAll('closing', graceful),
  ),
)

test('every task is answered once, no more runs than may, of its key or at all, nothing is left', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happenings, { maxLength: 30 }), async (order) => {
      const stage = new Stage()
      for (const happen of order) {
        happen(stage)
        await stage.rest()
        const { committedMb } = stage.admission.metrics()
        expect(stage.admission.admitted).toBeLessThanOrEqual(MAX_WORKERS)
        expect(committedMb).toBeLessThanOrEqual(BUDGET_MB)
      }
      const started = stage.started
      stage.pool.cancelAll('the end', false)
      expect(stage.started).toEqual(started)
      const settled = stage.pool.settled()
      for (let step = 0; step < 5; step++) {
        stage.clock.advance(10_000)
        await stage.rest()
      }
      await settled
      for (const { worker, session } of stage.submitted) if (session.isWedged) worker.exit(1)
      await stage.rest()

      expect(stage.submitted.map(({ answers }) => answers)).toEqual(stage.submitted.map(() => 1))
      expect(stage.submitted.every(({ session }) => session.state === 'ended')).toBe(true)
      expect(stage.submitted.flatMap(({ abort }) => getEventListeners(abort.signal, 'abort'))).toEqual([])
      expect(stage.clock.timers).toEqual([])
      expect({ running: stage.admission.admitted, waiting: stage.admission.queued, known: stage.pool.size }).toEqual({
        running: 0,
        waiting: 0,
        known: 0,
      })
    }),
    { numRuns: 500 },
  )
})

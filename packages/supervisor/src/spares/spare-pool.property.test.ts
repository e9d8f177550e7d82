import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aSessionTask, SimulatedClock, SimulatedWorker } from '../fixtures/simulation.ts'
import type { SessionTask } from '../session/session-task.ts'
import type { WorkerHandle, WorkerListener } from '../tiers/transport.ts'
import type { CaredWorker } from '../worker-care.ts'
import { MOST_SPARES, SparePool } from './spare-pool.ts'

/* Spares of a few handlers, with everything that can happen to them, in any order. */

const BUDGET_MB = 600

const taskOf = (handler: number): SessionTask =>
  aSessionTask({ handler: { url: `file:///task-${handler}.js`, exportName: 'default' } })

const silent: WorkerListener = {
  message: () => {},
  broken: () => {},
  crashed: () => {},
  notStarted: () => {},
  exited: () => {},
}

class Stage {
  readonly clock: SimulatedClock = new SimulatedClock()
  readonly workers: SimulatedWorker[] = []
  readonly taken: WorkerHandle[] = []
  readonly cared: Set<CaredWorker> = new Set()
  readonly spares: SparePool
  /** MB that tasks are promised. */
  promisedMb = 0
  isMachineShort = false
  #ids = 0

  constructor() {
    const nothing = (): void => {}
    this.spares = new SparePool({
      clock: this.clock,
      care: {
        starting: (worker) => void this.cared.add(worker),
        started: nothing,
        handedOver: (worker) => void this.cared.delete(worker),
        child: () => false,
        settled: nothing,
        ended: (worker) => void this.cared.delete(worker),
      },
      transportOf: () => this.#createWorker(),
      createId: () => `spare-${this.#ids++}`,
      hasRoomFor: (megabytes) => this.promisedMb + this.spares.heldMb + megabytes <= BUDGET_MB,
      isMachineShort: () => this.isMachineShort,
      observer: { spareCreated: nothing, spareReady: nothing, spareFailed: nothing, spareGone: nothing },
      onGone: nothing,
      log: nothing,
    })
  }

  get living(): SimulatedWorker[] {
    return this.workers.filter(({ exited }) => !exited)
  }

  take(handler: number): void {
    const transport = this.spares.take(taskOf(handler), 'thread')
    if (transport === undefined) return
    const start = { workerId: 'x', waits: false, handler: taskOf(handler).handler, environment: {}, heapLimitMb: 100 }
    this.taken.push(transport.start({ ...start, permissions: undefined, artifactFolder: null }, silent))
  }

  obey(): void {
    for (const worker of this.workers) worker.obey()
  }

  #createWorker(): SimulatedWorker {
    const worker = new SimulatedWorker('exits on kill')
    this.workers.push(worker)
    return worker
  }
}

type Happening = (stage: Stage) => void

const handlers = fc.nat({ max: 2 })

const toOne = (happen: (worker: SimulatedWorker) => void): fc.Arbitrary<Happening> =>
  fc.nat({ max: 20 }).map((index) => (stage) => {
    const worker = stage.living[index]
    if (worker !== undefined) happen(worker)
  })

const usage = { heapMb: 500, externalMb: 1, cpuMs: null }

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  fc.tuple(handlers, fc.nat({ max: 80 })).map(
    ([handler, wanted]): Happening =>
      ({ spares }) =>
        spares.keep(taskOf(handler), 'thread', wanted),
  ),
  { weight: 4, arbitrary: toOne((worker) => worker.say({ type: 'ready', threadId: 1 })) },
  {
    weight: 2,
    arbitrary: handlers.map(
      (handler): Happening =>
        (stage) =>
          stage.take(handler),
    ),
  },
  toOne((worker) => worker.exit(1)),
  toOne((worker) => worker.say({ type: 'usage', usage })),
  toOne((worker) => worker.listener?.broken('garbage')),
  {
    weight: 3,
    arbitrary: fc.nat({ max: 20_000 }).map(
      (ms): Happening =>
        (stage) =>
          stage.clock.advance(ms),
    ),
  },
  { weight: 2, arbitrary: fc.constant<Happening>((stage) => stage.obey()) },
  fc.nat({ max: BUDGET_MB }).map(
    (megabytes): Happening =>
      (stage) => {
        stage.promisedMb = megabytes
      },
  ),
  fc.nat({ max: 300 }).map(
    (megabytes): Happening =>
      ({ spares }) =>
        spares.giveUp('for a test', megabytes),
  ),
  fc.boolean().map(
    (isShort): Happening =>
      (stage) => {
        stage.isMachineShort = isShort
      },
  ),
  fc.constant<Happening>(({ spares }) => spares.refill()),
)

const assertSound = (stage: Stage): void => {
  const { wanted, ready, warming, heldMb } = stage.spares.metrics()
  expect(ready).toBeGreaterThanOrEqual(0)
  expect(ready + warming).toBeLessThanOrEqual(Math.min(wanted, MOST_SPARES))
  // What one holds is known, at least 16 MB each, as long as its worker lives.
  expect(heldMb).toBeGreaterThanOrEqual(16 * (stage.living.length - stage.taken.length))
  expect(new Set(stage.taken).size).toBe(stage.taken.length)
}

test('spares: never more than wanted, each taken once, none lost, none left', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happenings, { maxLength: 60 }), async (all) => {
      const stage = new Stage()
      for (const happen of all) {
        happen(stage)
        assertSound(stage)
      }
      const closed = stage.spares.close()
      stage.obey()
      await closed
      const isTaken = (worker: SimulatedWorker): boolean => worker.commands.every((command) => command !== 'kill')
      expect(stage.living.filter((worker) => !isTaken(worker))).toEqual([])
      expect(stage.spares.metrics()).toMatchObject({ wanted: 0, ready: 0, warming: 0, heldMb: 0 })
      expect([...stage.cared]).toEqual([])
      expect(stage.clock.timers).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('a spare is not started where the budget has no room for one', async () => {
  const stage = new Stage()
  stage.promisedMb = BUDGET_MB - 100
  await expect(stage.spares.prepare(taskOf(0), 'thread', 1)).rejects.toMatchObject({ code: 'SPARE_FAILED' })
  expect(stage.workers).toEqual([])
  await stage.spares.close()
})

test('spares give way to a task that waits for memory, the least recently used first', async () => {
  const stage = new Stage()
  stage.spares.keep(taskOf(0), 'thread', 1)
  stage.clock.advance(100)
  stage.spares.keep(taskOf(1), 'thread', 1)
  stage.clock.advance(100)
  for (const worker of stage.workers) worker.say({ type: 'ready', threadId: 1 })
  stage.spares.giveUp('a task waits for memory', 10)
  expect(stage.workers.map(({ commands }) => commands)).toEqual([['kill'], []])
  // And they do not come back at once.
  stage.obey()
  stage.clock.advance(1000)
  stage.spares.refill()
  stage.clock.advance(1000)
  expect(stage.workers).toHaveLength(2)
  stage.clock.advance(10_000)
  stage.spares.refill()
  stage.clock.advance(100)
  expect(stage.workers).toHaveLength(3)
  const closed = stage.spares.close()
  stage.obey()
  await closed
})

test('a module that cannot be imported is not tried again and again', async () => {
  const stage = new Stage()
  const prepared = stage.spares.prepare(taskOf(0), 'thread', 1)
  const error = { name: 'SyntaxError', message: 'Unexpected token' }
  const usage = { heapMb: 1, externalMb: 1, cpuMs: null }
  stage.workers[0]?.say({ type: 'failure', at: 'import', error, usage, droppedLogLines: 0 })
  await expect(prepared).rejects.toMatchObject({ code: 'SPARE_FAILED', message: expect.stringContaining('Unexpected') })
  stage.obey()
  for (let second = 0; second < 50; second++) {
    stage.spares.refill()
    stage.clock.advance(1000)
  }
  expect(stage.workers).toHaveLength(1)
  stage.clock.advance(20_000)
  stage.spares.refill()
  stage.clock.advance(100)
  expect(stage.workers).toHaveLength(2)
  const closed = stage.spares.close()
  stage.obey()
  await closed
})

import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AttemptReference } from './claim.ts'
import { type PlainClaim, type PlainEnd, PlainQueue } from './fixtures/plain-queue.ts'
import { aClaim, aNewStep, anAcceptedRun, anAttemptEnd } from './fixtures/records.ts'
import { scratchFolder } from './fixtures/scratch.ts'
import { loadSqlite } from './load-sqlite.ts'
import { openRunStore } from './open-run-store.ts'
import type { NewStep } from './queued-step.ts'
import type { RunStore } from './run-store.ts'

/** Real stores on one real file, and every claim that was ever made. */
class Real {
  readonly path: string = join(scratchFolder(), 'store.db')
  readonly stores: RunStore[] = []
  readonly claims: { readonly plain: PlainClaim; readonly real: AttemptReference }[] = []
  clock: number = 1000

  async open(): Promise<void> {
    // No thread renews within the test, and nothing depends on one.
    this.stores.push(await openRunStore({ path: this.path, now: () => this.clock, leaseMs: 3_600_000 }))
  }

  store(host: number): RunStore {
    return this.stores[host] as RunStore
  }

  /** For everybody else it looks as if its process were gone. */
  kill(host: number): void {
    const { DatabaseSync } = loadSqlite()
    using connection = new DatabaseSync(this.path, { timeout: 5000 })
    const gone = connection.prepare('UPDATE hosts SET pid = 2147483647, process_started = NULL WHERE boot_id = ?')
    gone.run(this.store(host).bootId)
  }

  close(): void {
    for (const store of this.stores) store.closeSync()
  }
}

type Command = fc.AsyncCommand<PlainQueue, Real>

/** A command is what it does to both, told by what it was made from. */
function command(name: string, run: (plain: PlainQueue, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    toString: () => name,
    async run(plain, real) {
      real.clock++
      await run(plain, real)
      await expectSame(plain, real)
    },
  }
}

async function codeOr<T>(call: Promise<T>, answer: (value: T) => unknown): Promise<unknown> {
  return call.then(answer, (error: { code?: string }) => error.code ?? error)
}

async function expectSame(plain: PlainQueue, real: Real): Promise<void> {
  const reader = real.store(0)
  const runs = await reader.listRuns({ limit: 1000 })
  const shown = runs.map(({ runId, status, endedAt, cancelRequestedAt }) => [
    runId,
    status,
    endedAt,
    cancelRequestedAt !== null,
  ])
  expect(shown.sort()).toEqual(plain.runs.map((run) => [run.runId, run.status, run.endedAt, run.isToCancel]).sort())
  const bootIds = real.stores.map(({ bootId }) => bootId)
  const entries = await reader.listQueue({ limit: 1000 })
  const inOrder = plain.entries.toSorted((one, two) => two.plan.priority - one.plan.priority)
  expect(
    entries.map(({ runId, step, state, attempt, maxAttempts, notBefore, heldBy }) => ({
      ...{ runId, step, state, attempt, maxAttempts, notBefore },
      heldBy: heldBy === null ? null : bootIds.indexOf(heldBy),
    })),
  ).toEqual(
    inOrder.map(({ runId, plan, state, attempt, maxAttempts, notBefore, heldBy }) => ({
      ...{ runId, step: plan.step, state, attempt, maxAttempts, notBefore, heldBy },
    })),
  )
  for (const { runId } of plain.runs) {
    const steps = await reader.listSteps(runId)
    expect(steps.map(({ step, status }) => [step, status])).toEqual(
      plain.entriesOf(runId).map(({ plan, status }) => [plan.step, status]),
    )
    const running = (await reader.listSessions(runId)).filter(({ status }) => status === 'running')
    expect(running).toHaveLength(plain.entriesOf(runId).filter(({ state }) => state === 'claimed').length)
  }
}

const hosts = fc.nat({ max: 2 })
const runIds = fc.constantFrom('a', 'b', 'c', 'd')
const steps: fc.Arbitrary<NewStep> = fc
  .record({
    step: fc.constant(0),
    priority: fc.nat({ max: 1 }),
    repeatable: fc.boolean(),
    maxAttempts: fc.integer({ min: 1, max: 3 }),
    memoryMb: fc.constantFrom(null, 100, 600),
    concurrencyKey: fc.constantFrom(null, 'x', 'y'),
    notBefore: fc.constantFrom(0, 1010),
  })
  .map((changes) => aNewStep(changes))
const ends: fc.Arbitrary<PlainEnd> = fc.record({
  status: fc.constantFrom('completed', 'failed', 'interrupted'),
  retryAt: fc.constantFrom(null, 0, 1020),
  next: fc.constant(null),
})

/** A host that was fenced is done for: its process opens the store anew. */
function hostIn(plain: PlainQueue, index: number): number {
  return (plain.hosts.length - 1 - index + plain.hosts.length) % plain.hosts.length
}

const accepting = fc
  .tuple(hosts, runIds, steps, fc.constantFrom(null, null, 'key-1', 'key-2'), fc.boolean())
  .map(([index, runId, step, key, hold]) =>
    command(`accept ${runId} ${key} ${hold}`, async (plain, real) => {
      const host = hostIn(plain, index)
      const run = { ...anAcceptedRun({ runId, idempotencyKey: key, hold }), steps: [step] }
      const answer = await codeOr(real.store(host).accept(run), (acceptance) => acceptance.run.runId)
      expect(answer).toBe(plain.accept(host, runId, step, key, hold))
    }),
  )

const claiming = hosts.map((index) =>
  command('claim', async (plain, real) => {
    const host = hostIn(plain, index)
    const expected = plain.claim(host, real.clock)
    const answer = await codeOr(real.store(host).claim(aClaim()), ({ claim, because }) => claim ?? because)
    if (typeof expected === 'string') return expect(answer).toBe(expected)
    const { runId, step, attempt } = expected
    expect(answer).toMatchObject({ runId, step, attempt })
    real.claims.push({ plain: expected, real: answer as AttemptReference })
  }),
)

const settling = fc.tuple(fc.nat(), fc.boolean(), fc.nat({ max: 3 }), ends).map(([which, isLatest, nextStep, end]) =>
  command(`settle ${end.status} ${end.retryAt} ${nextStep}`, async (plain, real) => {
    const { claims } = real
    const made = claims[isLatest ? claims.length - 1 : which % Math.max(1, claims.length)]
    if (made === undefined) return
    const isFree = !plain.entriesOf(made.plain.runId).some(({ plan }) => plan.step === nextStep)
    const next =
      end.status === 'completed' && isFree ? aNewStep({ step: nextStep, repeatable: true, maxAttempts: 2 }) : null
    const expected = plain.settle(made.plain.host, made.plain, { ...end, next }, real.clock)
    const written = anAttemptEnd({
      session: { status: 'failed', cause: 'error' },
      step: { status: end.status },
      ...(end.retryAt !== null && { retry: { notBefore: end.retryAt } }),
      ...(next !== null && { next: [next] }),
    })
    expect(await codeOr(real.store(made.plain.host).settle(made.real, written), () => undefined)).toBe(expected)
  }),
)

const cancelling = fc.tuple(hosts, runIds).map(([index, runId]) =>
  command(`cancel ${runId}`, async (plain, real) => {
    const host = hostIn(plain, index)
    const answer = await codeOr(real.store(host).requestCancel(runId, 'x'), (request) => request.answer)
    expect(answer).toBe(plain.cancel(host, runId, real.clock))
  }),
)

const requeueing = fc.tuple(hosts, runIds, fc.constantFrom(undefined, 0, 1)).map(([index, runId, from]) =>
  command(`requeue ${runId} ${from}`, async (plain, real) => {
    const host = hostIn(plain, index)
    const call = real.store(host).requeue(runId, from === undefined ? {} : { from })
    expect(await codeOr(call, () => undefined)).toBe(plain.requeue(host, runId, from))
  }),
)

const dying = hosts.map((index) =>
  command(`die ${index}`, async (plain, real) => {
    const host = hostIn(plain, index)
    if (plain.hosts[host]?.isFenced) return
    plain.hosts[host] = { isDead: true, isFenced: false }
    real.kill(host)
    plain.open()
    await real.open()
  }),
)

const recovering = hosts.map((index) =>
  command(`recover ${index}`, async (plain, real) => {
    const host = hostIn(plain, index)
    const lost = await codeOr(real.store(host).recoverLost(), (recovery) =>
      recovery.hosts.map(({ bootId }) => real.stores.findIndex((store) => store.bootId === bootId)).sort(),
    )
    const expected = plain.recover(host, real.clock)
    // Of a host that owned nothing no row is left, but it is lost all the same.
    expect(lost).toEqual(typeof expected === 'string' ? expected : [...expected].sort())
  }),
)

const interrupting = hosts.map((index) =>
  command(`interrupt ${index}`, async (plain, real) => {
    const host = hostIn(plain, index)
    expect([...real.store(host).interruptOwn('stop')].sort()).toEqual([...plain.interruptOwn(host, real.clock)].sort())
  }),
)

const limiting = fc
  .record({
    workers: fc.constantFrom(null, 1, 3),
    memoryMb: fc.constantFrom(null, 500, 1000),
    perKey: fc.constantFrom(null, 1),
  })
  .map((limits) =>
    command(`limit ${JSON.stringify(limits)}`, async (plain, real) => {
      const newest = plain.hosts.length - 1
      const answer = await codeOr(real.store(newest).setLimits(limits), (set) => set)
      if (answer !== 'STORE_FENCED') plain.limits = limits
      expect(answer).toEqual(plain.hosts[newest]?.isFenced ? 'STORE_FENCED' : limits)
    }),
  )

const collecting = fc.tuple(hosts, fc.nat({ max: 12 })).map(([index, keepMs]) =>
  command(`gc ${keepMs}`, async (plain, real) => {
    const host = hostIn(plain, index)
    const answer = await codeOr(real.store(host).gc({ keepMs }), ({ runs }) => [...runs].sort())
    const expected = plain.gc(host, real.clock - keepMs)
    expect(answer).toEqual(typeof expected === 'string' ? expected : [...expected].sort())
  }),
)

const histories = fc.commands(
  [
    accepting,
    accepting,
    claiming,
    claiming,
    claiming,
    settling,
    settling,
    cancelling,
    requeueing,
    dying,
    recovering,
    interrupting,
    limiting,
    collecting,
  ],
  { maxCommands: 50, size: '+1' },
)

test('whatever several processes do to one queue, it answers and holds what plain lists would', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (commands) => {
      const [plain, real] = [new PlainQueue(), new Real()]
      try {
        for (let host = 0; host < 3; host++) {
          plain.open()
          await real.open()
        }
        await fc.asyncModelRun(() => ({ model: plain, real }), commands)
      } finally {
        real.close()
      }
    }),
    { numRuns: 40 },
  )
}, 240_000)

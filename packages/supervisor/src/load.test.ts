import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { AgentSupervisor } from './agent-supervisor.ts'
import type { Task, TaskOptions } from './options.ts'
import type { Outcome } from './session/outcome.ts'
import type { Submission } from './submission.ts'

/*
 * 10,000 tasks at once in real threads. Starting so many would take minutes, so most end while they wait: by the abort of their
 * caller, some of whom give up each time a worker has ended, or by a queue timeout. `pnpm bench queue` starts them all.
 */

const CALLERS = 50
const TASKS_EACH = 200
const WORKERS = 4
const AT_ONCE_PER_CALLER = 2
const ABORTED_AT_EACH_END = 200

const fixture = (name: string): string => new URL(`./fixtures/${name}`, import.meta.url).href
const harmless: Task = { handler: { module: fixture('tasks.ts'), export: 'add' }, input: [1, 2] }
const failing: Task = { handler: { module: fixture('failures.ts'), export: 'throwCustomError' } }
const slow: Task = { handler: { module: fixture('stubborn.ts'), export: 'neverSettle' } }
const spinning: Task = { handler: { module: fixture('stubborn.ts'), export: 'spin' } }

/** The same numbers from the same seed (mulberry32); below 1. */
const createRandom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const heapMb = (): number => {
  collectGarbage()
  return process.memoryUsage().heapUsed / 1024 / 1024
}

interface Life {
  readonly key: string
  ran: number
  answered: string[]
}

class Load {
  readonly supervisor: AgentSupervisor
  readonly lives: Map<string, Life> = new Map()
  readonly submissions: Submission[] = []
  readonly #random: () => number = createRandom(20_260)
  readonly #impatient: AbortController[] = []
  readonly #started: Set<string> = new Set()
  readonly #runningOf: Map<string, number> = new Map()
  mostOfOneKey = 0
  mostWorkers = 0

  constructor(supervisor: AgentSupervisor) {
    this.supervisor = supervisor
    supervisor.on('session', (sessionId, state) => {
      this.mostWorkers = Math.max(this.mostWorkers, supervisor.getMetrics().activeWorkers)
      if (state === 'starting') this.#count(sessionId, 1)
      if (state === 'ended' && this.#started.delete(sessionId)) this.#onWorkerEnded(sessionId)
    })
  }

  #count(sessionId: string, by: number): void {
    const { key } = this.#lifeOf(sessionId)
    const running = (this.#runningOf.get(key) ?? 0) + by
    this.#runningOf.set(key, running)
    this.mostOfOneKey = Math.max(this.mostOfOneKey, running)
    if (by > 0) this.#started.add(sessionId)
  }

  #onWorkerEnded(sessionId: string): void {
    this.#count(sessionId, -1)
    for (let count = 0; count < ABORTED_AT_EACH_END; count++) {
      const index = Math.floor(this.#random() * this.#impatient.length)
      this.#impatient.splice(index, 1)[0]?.abort(new Error('no longer wanted'))
    }
  }

  submitFor(caller: number): void {
    const [task, fate] = this.#fate()
    const key = `caller ${caller}`
    const priority = Math.floor(this.#random() * 5)
    const submission = this.supervisor.submit(task, {
      ...fate,
      key,
      keyConcurrency: AT_ONCE_PER_CALLER,
      priority,
      onRunning: (id) => void this.#lifeOf(id).ran++,
    })
    const life: Life = { key, ran: 0, answered: [] }
    this.lives.set(submission.sessionId, life)
    this.submissions.push(submission)
    for (const promise of [submission.result, submission.outcome]) {
      promise.then(
        () => life.answered.push('fulfilled'),
        () => life.answered.push('rejected'),
      )
    }
  }

  #lifeOf(sessionId: string): Life {
    return this.lives.get(sessionId) ?? expect.fail('a session that nobody has submitted')
  }

  /** What it does when it runs, and what its caller does if it does not. */
  #fate(): [Task, TaskOptions] {
    const chance = this.#random()
    if (chance < 0.7) {
      const impatient = new AbortController()
      this.#impatient.push(impatient)
      return [harmless, { signal: impatient.signal }]
    }
    if (chance < 0.993) return [failing, { queueTimeoutMs: 1 + Math.floor(this.#random() * 2000) }]
    const limits = { timeoutMs: 50, graceMs: 10 }
    const kinds: [Task, TaskOptions][] = [
      [harmless, {}],
      [failing, {}],
      [slow, limits],
      [spinning, limits],
    ]
    return kinds[Math.floor(this.#random() * kinds.length)] ?? expect.fail('no such kind')
  }
}

test('10,000 tasks at once by 50 callers: every promise settles, nothing runs twice, memory stays bounded', async () => {
  await using supervisor = new AgentSupervisor({
    maxWorkers: WORKERS,
    heapLimitMb: 128,
    maxQueue: CALLERS * TASKS_EACH,
  })
  await supervisor.run(harmless)
  const before = heapMb()
  const load = new Load(supervisor)
  const idle = new Promise<void>((resolve) => supervisor.once('idle', resolve))
  for (let task = 0; task < TASKS_EACH; task++) for (let caller = 0; caller < CALLERS; caller++) load.submitFor(caller)
  expect(supervisor.getMetrics().queuedTasks).toBe(CALLERS * TASKS_EACH)
  const full = heapMb()

  const outcomes: Outcome[] = await Promise.all(load.submissions.map(({ outcome }) => outcome))
  await Promise.allSettled(load.submissions.map(({ result }) => result))
  await idle

  const lives = [...load.lives.values()]
  expect(lives).toHaveLength(CALLERS * TASKS_EACH)
  expect(lives.filter(({ answered }) => answered.length !== 2)).toEqual([])
  expect(lives.filter(({ ran }) => ran > 1)).toEqual([])
  expect(
    outcomes.filter(({ ranMs, sessionId }) => (ranMs === null) !== (load.lives.get(sessionId)?.ran === 0)),
  ).toEqual([])
  expect(load.mostWorkers).toBe(WORKERS)
  expect(load.mostOfOneKey).toBe(AT_ONCE_PER_CALLER)

  const causes = new Set(outcomes.map(({ cause }) => cause))
  expect(causes).toEqual(new Set(['result', 'error', 'user', 'queue_timeout', 'timeout']))
  expect(supervisor.getMetrics()).toMatchObject({ queuedTasks: 0, activeWorkers: 0, needsDrain: false })
  // 3.4 KB for each, with its signal, its timer, both promises and what this test itself remembers of it.
  expect(full - before).toBeLessThan((CALLERS * TASKS_EACH * 6) / 1024)
  expect(heapMb() - before).toBeLessThan((CALLERS * TASKS_EACH * 6) / 1024)
}, 180_000)

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { AgentSupervisor } from './agent-supervisor.ts'
import type { Resize } from './elastic/size-controller.ts'
import type { SupervisorOptions, Task, TaskOptions } from './options.ts'

/* What is about the supervisor itself; what every tier does with a task is in `conformance/`. */

const fixture = (name: string): string => new URL(`./fixtures/${name}`, import.meta.url).href
const adding = (left: number, right: number): Task => ({
  handler: { module: fixture('tasks.ts'), export: 'add' },
  input: [left, right],
})
const spinning: Task = { handler: { module: fixture('stubborn.ts'), export: 'spin' } }
const waiting: Task = { handler: { module: fixture('contexts.ts'), export: 'waitForAbort' } }

const supervisors: AgentSupervisor[] = []

const createSupervisor = (options: SupervisorOptions = {}): AgentSupervisor => {
  const supervisor = new AgentSupervisor({ heapLimitMb: 256, ...options })
  supervisors.push(supervisor)
  return supervisor
}

afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.destroy()))
})

describe('the supervisor', () => {
  test('lets its process end when a worker could not be started', async () => {
    const program = `
      import { AgentSupervisor } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
      const task = { handler: { module: ${JSON.stringify(fixture('tasks.ts'))}, export: 'add' } }
      const { cause } = await new AgentSupervisor().submit(task, { environment: { NODE_OPTIONS: '--no-such' } }).outcome
      process.stdout.write(cause)`
    const node = spawn(process.execPath, ['--conditions=@mayfly/source', '--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 20_000,
    })
    const [[exitCode], said] = await Promise.all([once(node, 'close'), text(node.stdout)])
    expect({ said, exitCode }).toEqual({ said: 'spawn', exitCode: 0 })
  })

  test('runs at most maxWorkers tasks at a time and the rest in order', async () => {
    const supervisor = createSupervisor({ maxWorkers: 2 })
    let most = 0
    supervisor.on('session', () => {
      most = Math.max(most, supervisor.getMetrics().activeWorkers)
    })
    const started: number[] = []
    const runs = [0, 1, 2, 3, 4, 5].map((index) =>
      supervisor.run<number>(adding(index, 0), { onRunning: () => started.push(index) }),
    )
    expect(await Promise.all(runs)).toEqual([0, 1, 2, 3, 4, 5])
    expect(most).toBe(2)
    expect(started.toSorted()).toEqual([0, 1, 2, 3, 4, 5])
    expect(supervisor.getMetrics().outcomesByStatus).toEqual({ completed: 6 })
  })

  test('has the seed’s defaults: 4 workers, 4096 MB of heap, 600 000 ms', async () => {
    const { defaults } = await import('./options.ts')
    expect(defaults).toMatchObject({ maxWorkers: 4, heapLimitMb: 4096, timeoutMs: 600_000 })
    const lines: string[] = []
    const supervisor = createSupervisor({ heapLimitMb: 4096, memoryBudgetMb: 8192, log: (line) => lines.push(line) })
    const { outcome } = supervisor.submit(adding(1, 2))
    expect(await outcome).toMatchObject({ heapLimitMb: 8192 / 4 - 512 })
    expect(lines.join('\n')).toContain('lowered from 4096 MB to 1536 MB')
  })

  test('an explicit limit waits for room, and one above the whole budget is refused', async () => {
    const supervisor = createSupervisor({ memoryBudgetMb: 3000 })
    await supervisor.spawnWorker(waiting, { heapLimitMb: 1500 })
    const second = supervisor.submit(adding(1, 2), { heapLimitMb: 1500 })
    await Promise.resolve()
    await Promise.resolve()
    expect(supervisor.getMetrics()).toMatchObject({
      queuedTasks: 1,
      memory: { waitingFor: 'memory', committedMb: 2012 },
    })
    await expect(supervisor.run(adding(1, 2), { heapLimitMb: 2600 })).rejects.toMatchObject({
      code: 'TASK_EXCEEDS_BUDGET',
    })
    second.cancel()
  })

  test('starts the more urgent first, and of a key no more at a time than may', async () => {
    const supervisor = createSupervisor({ maxWorkers: 3 })
    const names = new Map<string, string>()
    // Of starts, not of first lines: which thread is ready first is chance.
    const started: string[] = []
    let running = 0
    let most = 0
    supervisor.on('session', (sessionId, state) => {
      const name = names.get(sessionId) ?? ''
      if (state === 'starting') started.push(name)
      if (!name.startsWith('urgent')) return
      if (state === 'starting') most = Math.max(most, ++running)
      if (state === 'ended') running--
    })
    const submit = (name: string, options: TaskOptions): Promise<unknown> => {
      const { sessionId, result } = supervisor.submit(adding(1, 2), options)
      names.set(sessionId, name)
      return result
    }
    const all = [1, 2, 3, 4].map((index) => submit(`patient ${index}`, { priority: -1 }))
    const urgent = { priority: 5, key: 'repository', keyConcurrency: 2 }
    all.push(...[1, 2, 3, 4].map((index) => submit(`urgent ${index}`, urgent)))
    await Promise.all(all)
    expect(most).toBe(2)
    expect(started.slice(0, 3)).toEqual(['urgent 1', 'urgent 2', 'patient 1'])
    for (const kind of ['patient', 'urgent']) {
      const inOrder = [1, 2, 3, 4].map((index) => `${kind} ${index}`)
      expect(started.filter((name) => name.startsWith(kind))).toEqual(inOrder)
    }
  })

  test('says when a task would wait, and when there is room again', async () => {
    const supervisor = createSupervisor({ maxWorkers: 2 })
    const events: string[] = []
    for (const name of ['needsDrain', 'drain', 'idle'] as const) supervisor.on(name, () => events.push(name))
    const first = supervisor.submit(waiting)
    expect(supervisor.needsDrain).toBe(false)
    const second = supervisor.submit(waiting)
    expect(supervisor.needsDrain).toBe(true)
    await once(supervisor, 'needsDrain')
    first.cancel()
    await once(supervisor, 'drain')
    expect(supervisor.getMetrics()).toMatchObject({ needsDrain: false, activeWorkers: 1 })
    second.cancel()
    await once(supervisor, 'idle')
    expect(events).toEqual(['needsDrain', 'drain', 'idle'])
  })

  test('an elastic one grows with its queue and says why; a fixed one has its size at once', async () => {
    const lines: string[] = []
    const supervisor = createSupervisor({
      minWorkers: 1,
      maxWorkers: 3,
      memoryBudgetMb: 100_000,
      log: (line) => lines.push(line),
    })
    const resizes: Resize[] = []
    supervisor.on('resize', (resize) => resizes.push(resize))
    expect(supervisor.getMetrics().size).toEqual({ current: 1, minWorkers: 1, maxWorkers: 3, reason: 'start' })
    const running = [1, 2, 3].map(() => supervisor.spawnWorker(waiting))
    await Promise.all(running)
    expect(resizes[0]).toMatchObject({ from: 1, reason: 'queue' })
    expect(supervisor.getMetrics()).toMatchObject({ activeWorkers: 3, size: { current: 3, reason: 'queue' } })
    expect(lines.join('\n')).toContain('workers at one time from now on')
    const { size } = createSupervisor({ maxWorkers: 5 }).getMetrics()
    expect(size).toEqual({ current: 5, minWorkers: 5, maxWorkers: 5, reason: 'fixed' })
  })

  test('cancels tens of thousands that wait without holding up others', async () => {
    const supervisor = createSupervisor({ maxWorkers: 1, maxQueue: 20_000 })
    const running = supervisor.submit(waiting)
    const outcomes = Array.from({ length: 20_000 }, () => supervisor.submit(adding(1, 2)).outcome)
    const closed = supervisor.close()
    let turns = 0
    let isClosed = false
    void closed.then(() => {
      isClosed = true
    })
    while (!isClosed) {
      await new Promise(setImmediate)
      turns++
    }
    expect(turns).toBeGreaterThan(10)
    expect(await running.outcome).toMatchObject({ cause: 'shutdown' })
    expect(new Set((await Promise.all(outcomes)).map(({ cause }) => cause))).toEqual(new Set(['shutdown']))
    expect(supervisor.getMetrics().outcomesByStatus).toEqual({ cancelled: 20_001 })
  })

  test('takes as many at once as may run and wait, in one turn as in several', async () => {
    const supervisor = createSupervisor({ maxWorkers: 3, maxQueue: 2 })
    const runs = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((index) => supervisor.run(adding(index, 0))))
    expect(runs.map(({ status }) => status)).toEqual([...Array(5).fill('fulfilled'), 'rejected'])
  })

  test('refuses what overflows its queue, as a rejection', async () => {
    const supervisor = createSupervisor({ maxWorkers: 1, maxQueue: 1 })
    await supervisor.spawnWorker(spinning)
    supervisor.submit(adding(1, 2))
    await expect(supervisor.run(adding(1, 2))).rejects.toMatchObject({ code: 'QUEUE_FULL' })
  })

  test('knows the outcome of a session by its id, running or ended', async () => {
    const supervisor = createSupervisor()
    const sessionId = await supervisor.spawnWorker(waiting)
    expect(sessionId).toMatch(/^worker-session-/)
    expect(supervisor.getMetrics().activeWorkers).toBe(1)
    expect(await supervisor.terminateWorker(sessionId)).toMatchObject({ status: 'cancelled', cause: 'user' })
    expect(await supervisor.waitForCompletion(sessionId)).toMatchObject({ sessionId })
    expect(supervisor.getResult(sessionId)).toMatchObject({ ok: false })
    await expect(supervisor.waitForCompletion('worker-session-x')).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' })
  })

  test('close ends what runs, refuses what comes later, and is one promise for all callers', async () => {
    const supervisor = createSupervisor({ maxWorkers: 1 })
    const running = supervisor.submit(spinning)
    const queued = supervisor.submit(adding(1, 2))
    await Promise.all([supervisor.close({ graceMs: 20 }), supervisor.cleanup(), supervisor.destroy()])
    expect(await running.outcome).toMatchObject({ status: 'cancelled', cause: 'shutdown' })
    expect(await queued.outcome).toMatchObject({ status: 'cancelled', cause: 'shutdown', ranMs: null })
    expect(supervisor.getMetrics()).toMatchObject({ activeWorkers: 0, queuedTasks: 0 })
    await expect(supervisor.run(adding(1, 2))).rejects.toMatchObject({ code: 'SUPERVISOR_CLOSED' })
  })

  test('counts a thread that cannot be ended, gives its place to nobody, and has it back when the call returns', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mayfly-'))
    const fifo = join(folder, 'fifo')
    execFileSync('mkfifo', [fifo])
    const supervisor = createSupervisor({ maxWorkers: 1 })
    const held: Task = { handler: { module: fixture('stubborn.ts'), export: 'openFifo' }, input: fifo }
    const { outcome } = supervisor.submit(held, { timeoutMs: 100, graceMs: 10, exitTimeoutMs: 100 })
    const next = supervisor.run(adding(1, 2))
    expect(await outcome).toMatchObject({ status: 'timed_out', cause: 'timeout', phase: 'forced', wedged: true })
    expect(supervisor.getMetrics()).toMatchObject({
      activeWorkers: 1,
      wedgedWorkers: 1,
      queuedTasks: 1,
      memory: { waitingFor: 'wedged' },
    })
    closeSync(openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK))
    expect(await next).toBe(3)
    expect(supervisor.getMetrics().wedgedWorkers).toBe(0)
    await rm(folder, { recursive: true })
  })

  test('writes a session down before it starts, and refuses it when that fails', async () => {
    const written: string[] = []
    const supervisor = createSupervisor({
      journal: {
        queued: async ({ sessionId }) => void written.push(`queued ${sessionId}`),
        ended: async ({ sessionId }, { status }) => void written.push(`${status} ${sessionId}`),
      },
    })
    const { sessionId, result } = supervisor.submit(adding(1, 2), {
      onRunning: (id) => expect(written).toEqual([`queued ${id}`]),
    })
    await result
    expect(written).toEqual([`queued ${sessionId}`, `completed ${sessionId}`])
    const failing = createSupervisor({
      journal: {
        queued: () => Promise.reject(new Error('disk full')),
        ended: () => {},
      },
    })
    await expect(failing.run(adding(1, 2))).rejects.toMatchObject({ code: 'JOURNAL_FAILED' })
    expect(failing.getMetrics().outcomesByStatus).toEqual({})
  })

  test('hears of a cancellation while the journal takes its time, and ends nothing on record that has not begun there', async () => {
    const written: string[] = []
    const answer = Promise.withResolvers<void>()
    const supervisor = createSupervisor({
      journal: {
        queued: async () => {
          await answer.promise
          written.push('queued')
        },
        ended: (_session, { status }) => void written.push(status),
      },
    })
    const { outcome } = supervisor.submit(adding(1, 2), { signal: AbortSignal.abort(new Error('no')) })
    expect(await outcome).toMatchObject({ status: 'cancelled', startedInMs: null })
    answer.resolve()
    await supervisor.close()
    expect(written).toEqual(['queued', 'cancelled'])
  })

  test('goes on when a listener throws; the error is the listener’s own', async () => {
    const supervisor = createSupervisor({ maxWorkers: 1 })
    const uncaught: unknown[] = []
    const catchIt = (error: unknown): void => void uncaught.push(error)
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException').on('uncaughtException', catchIt)
    supervisor.on('settled', () => {
      throw new Error('a bad listener')
    })
    expect(await supervisor.run(adding(1, 2))).toBe(3)
    expect(await supervisor.run(adding(3, 4))).toBe(7)
    await new Promise(setImmediate)
    process.off('uncaughtException', catchIt)
    for (const listener of others) process.on('uncaughtException', listener)
    expect(uncaught).toHaveLength(2)
  })

  test('refuses unknown and unfit options with what was expected', async () => {
    expect(() => createSupervisor({ maxWorkers: 0 })).toThrow(/maxWorkers/)
    expect(() => createSupervisor({ minWorkers: 9 })).toThrow(/minWorkers: expected at most maxWorkers/)
    await expect(createSupervisor().run(adding(1, 2), { keyConcurrency: 2 })).rejects.toThrow(/a key beside it/)
    await expect(createSupervisor().run(adding(1, 2), { timeout: 5 } as never)).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
    })
  })
})

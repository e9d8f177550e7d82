import { spawn } from 'node:child_process'
import { getEventListeners, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { AgentSupervisor } from './agent-supervisor.ts'
import { processStartTime } from './children/process-tree.ts'
import type { SupervisorOptions, Task, TaskOptions } from './options.ts'
import { runInProcess } from './run-in-process.ts'
import type { Outcome } from './session/outcome.ts'

const fixture = (name: string): string => new URL(`./fixtures/${name}`, import.meta.url).href
const task = (name: string, input?: unknown): Task => ({
  handler: { module: fixture('tasks.ts'), export: name },
  input,
})

const supervisors: AgentSupervisor[] = []

const createSupervisor = (options: SupervisorOptions = {}): AgentSupervisor => {
  const supervisor = new AgentSupervisor({ heapLimitMb: 256, ...options })
  supervisors.push(supervisor)
  return supervisor
}

afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.destroy()))
})

const outcomeOf = (given: Task, options: TaskOptions = {}): Promise<Outcome> =>
  createSupervisor().submit(given, options).outcome

const waitUntilGone = async (pid: number, startTime: string | null): Promise<void> => {
  while (processStartTime(pid) === startTime && !isZombie(pid)) await new Promise(setImmediate)
}

const isZombie = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return true
  }
}

describe('a task in a worker of its own', () => {
  test('resolves to its value, with a complete outcome', async () => {
    const { result, outcome } = createSupervisor().submit(task('add', [1, 2]))
    expect(await result).toBe(3)
    expect(await outcome).toMatchObject({
      status: 'completed',
      cause: 'result',
      phase: 'cooperative',
      isolation: 'thread',
      enforced: true,
      heapLimitMb: 256,
      attempt: 1,
      wedged: false,
    })
    const { peakHeapMb, startedInMs, ranMs, queuedMs } = await outcome
    expect(peakHeapMb).toBeGreaterThan(0)
    for (const time of [startedInMs, ranMs, queuedMs]) expect(time).toBeGreaterThanOrEqual(0)
  })

  test('rejects with a TaskError that carries the outcome and the task’s own error', async () => {
    const error = await createSupervisor()
      .run(task('throwCustomError'))
      .catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      name: 'TaskError',
      code: 'TASK_FAILED',
      outcome: { status: 'failed', cause: 'error' },
    })
    expect(error).toMatchObject({
      cause: {
        name: 'QuotaError',
        message: 'too much',
        code: 'QUOTA',
        limits: { used: 3 },
        cause: { message: 'inner' },
      },
    })
  })

  test.each([
    ['an exit with code 0 and no result', 'exitWith', 0, { cause: 'exit', exitCode: 0 }],
    ['an exit with code 7 and no result', 'exitWith', 7, { cause: 'exit', exitCode: 7 }],
    ['a thrown undefined', 'throwUndefined', null, { cause: 'error' }],
    ['an error message of 100 MB', 'throwHugeMessage', null, { cause: 'error' }],
    ['an error thrown later from a timer', 'throwFromTimer', null, { cause: 'error' }],
    ['a handler that is not there', 'noSuchExport', null, { cause: 'startup' }],
  ])('%s is a failure', async (_title, name, input, expected) => {
    expect(await outcomeOf(task(name, input))).toMatchObject({ status: 'failed', ...expected })
  })

  test('a result that cannot be cloned is named by its path', async () => {
    const running = createSupervisor().run(task('returnFunction'))
    await expect(running).rejects.toMatchObject({
      cause: { code: 'RESULT_NOT_CLONEABLE', path: 'result.items[1].callback' },
    })
  })

  test.each(['in a worker', 'in place'])(
    'a result that is too large %s fails the task instead of the process',
    async (where) => {
      const running =
        where === 'in place' ? runInProcess(task('returnHuge')) : createSupervisor().submit(task('returnHuge'))
      await expect(running.result).rejects.toMatchObject({ code: 'TASK_FAILED', cause: { code: 'VALUE_TOO_LARGE' } })
    },
  )

  test('a progress value that cannot be cloned fails the task, also when it had to wait for its turn', async () => {
    expect(await outcomeOf(task('floodThenReportFunction'))).toMatchObject({ status: 'failed', cause: 'error' })
  })

  test('an input that cannot be cloned fails the task instead of the process', async () => {
    expect(await outcomeOf(task('add', () => {}))).toMatchObject({ status: 'failed', cause: 'protocol' })
  })

  test('a module that cannot be imported, or never finishes importing, fails to start', async () => {
    const broken = { handler: { module: fixture('broken-import.mjs') } }
    expect(await outcomeOf(broken)).toMatchObject({ status: 'failed', cause: 'startup' })
    const hanging = { handler: { module: fixture('hanging-import.ts') } }
    expect(await outcomeOf(hanging, { startupTimeoutMs: 300 })).toMatchObject({ status: 'failed', cause: 'startup' })
  })

  test('a function as a handler is refused, and so is a relative module', async () => {
    const supervisor = createSupervisor()
    const handler = (() => 1) as never
    await expect(supervisor.run({ handler })).rejects.toMatchObject({ code: 'HANDLER_INVALID' })
    await expect(supervisor.run({ handler: { module: './x.js' } })).rejects.toMatchObject({ code: 'HANDLER_INVALID' })
  })

  test('sees only allow-listed environment variables and no way around its channel', async () => {
    process.env['MAYFLY_TEST_SECRET'] = 'hush'
    const seen = await createSupervisor().run<{ environment: Record<string, string>; workerData: object }>(
      task('describeSurroundings'),
      { environment: { GREETING: 'hello' } },
    )
    delete process.env['MAYFLY_TEST_SECRET']
    expect(seen.environment).toMatchObject({ PATH: process.env['PATH'], GREETING: 'hello' })
    expect(seen.environment).not.toHaveProperty('MAYFLY_TEST_SECRET')
    expect(seen.environment).not.toHaveProperty('NODE_OPTIONS')
    expect(seen.workerData).toEqual({})
  })

  test('tells its supervisor of progress, log lines, printed lines, checkpoints and artifacts', async () => {
    const artifactFolder = await mkdtemp(join(tmpdir(), 'mayfly-'))
    const seen: unknown[] = []
    const note = (value: unknown): void => void seen.push(value)
    const artifact = await createSupervisor().run(task('reportEverything'), {
      artifactFolder,
      onLog: ({ source, text }) => note([source, text]),
      onProgress: note,
      onCheckpoint: note,
      onArtifact: note,
    })
    expect(seen).toEqual([['log', 'one line'], ['stdout', 'printed'], { done: 1 }, { at: 7 }, artifact])
    expect(readFileSync(join(artifactFolder, 'notes.txt'), 'utf8')).toBe('hello')
  })
})

describe('ends', () => {
  test.each(['spin', 'neverSettle', 'floodForever'])('%s ends at its time limit, by force', async (name) => {
    const outcome = await outcomeOf(task(name), { timeoutMs: 200, graceMs: 50 })
    expect(outcome).toMatchObject({ status: 'timed_out', cause: 'timeout', phase: 'forced', exitCode: 1 })
  })

  test('a task that listens to its signal ends cooperatively', async () => {
    const outcome = await outcomeOf(task('waitForAbort'), { timeoutMs: 100 })
    expect(outcome).toMatchObject({ status: 'timed_out', cause: 'timeout', phase: 'cooperative' })
  })

  test('a running task is cancelled by its AbortSignal', async () => {
    const controller = new AbortController()
    const { outcome } = createSupervisor().submit(task('spin'), {
      signal: controller.signal,
      graceMs: 10,
      onRunning: () => controller.abort(new Error('changed my mind')),
    })
    expect(await outcome).toMatchObject({ status: 'cancelled', cause: 'user', phase: 'forced' })
  })

  test('a waiting task is cancelled without ever starting', async () => {
    const supervisor = createSupervisor({ maxWorkers: 1 })
    await supervisor.spawnWorker(task('spin'))
    const waiting = supervisor.submit(task('add', [1, 2]))
    waiting.cancel()
    expect(await waiting.outcome).toMatchObject({ status: 'cancelled', cause: 'user', startedInMs: null, ranMs: null })
    const late = supervisor.submit(task('add', [1, 2]), { queueTimeoutMs: 20 })
    expect(await late.outcome).toMatchObject({ status: 'timed_out', cause: 'queue_timeout', startedInMs: null })
  })

  test('a deadline counts from submission', async () => {
    const supervisor = createSupervisor({ maxWorkers: 1 })
    await supervisor.spawnWorker(task('spin'))
    const { outcome } = supervisor.submit(task('add', [1, 2]), { deadlineMs: 50 })
    expect(await outcome).toMatchObject({ status: 'timed_out', cause: 'deadline', ranMs: null })
  })

  test('a thread held by a native call is freed by ending the child it waits for', async () => {
    const outcome = await outcomeOf(task('blockInNativeCall'), { timeoutMs: 100, graceMs: 10, exitTimeoutMs: 500 })
    expect(outcome).toMatchObject({ status: 'timed_out', phase: 'forced', wedged: false })
  })

  test.each(['startChild', 'startDetachedChild', 'startDaemon'])(
    '%s: the child is dead after the task',
    async (name) => {
      const pid = await createSupervisor().run<number>(task(name))
      const startTime = processStartTime(pid)
      await waitUntilGone(pid, startTime)
      expect(processStartTime(pid) === null || isZombie(pid)).toBe(true)
    },
  )

  test('a child that a task leaves behind by ending its worker is dead too', async () => {
    let pid = 0
    const onProgress = (value: unknown): void => {
      pid = value as number
    }
    expect(await outcomeOf(task('startChildAndExit'), { onProgress })).toMatchObject({ cause: 'exit' })
    const startTime = processStartTime(pid)
    await waitUntilGone(pid, startTime)
    expect(processStartTime(pid) === null || isZombie(pid)).toBe(true)
  })

  test('a flood of messages neither hangs the supervisor nor loses the result', async () => {
    let received = 0
    const count = (): void => void received++
    const value = await createSupervisor().run(task('floodMessages', 500_000), { onLog: count, onProgress: count })
    expect(value).toBe('done')
    expect(received).toBeGreaterThan(0)
  })
})

describe('the supervisor', () => {
  test('lets its process end when a worker could not be started', async () => {
    const program = `
      import { AgentSupervisor } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
      const task = { handler: { module: ${JSON.stringify(fixture('tasks.ts'))}, export: 'add' } }
      const { cause } = await new AgentSupervisor().submit(task, { lastCheckpoint: () => {} }).outcome
      process.stdout.write(cause)`
    const node = spawn(process.execPath, ['--conditions=@mayfly/source', '--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 20_000,
    })
    const [[exitCode], said] = await Promise.all([once(node, 'close'), text(node.stdout)])
    expect({ said, exitCode }).toEqual({ said: 'spawn', exitCode: 0 })
  })

  test.each([
    ['in a worker', (options: TaskOptions) => createSupervisor().submit(task('add', [1, 2]), options)],
    ['in place', (options: TaskOptions) => runInProcess(task('add', [1, 2]), options)],
  ])('does not listen to the signal of a task that was cancelled at once, %s', async (_where, submit) => {
    const { signal } = new AbortController()
    const submission = submit({ signal })
    submission.cancel()
    expect(await submission.outcome).toMatchObject({ status: 'cancelled', cause: 'user' })
    await new Promise(setImmediate)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('runs at most maxWorkers tasks at a time and the rest in order', async () => {
    const supervisor = createSupervisor({ maxWorkers: 2 })
    let most = 0
    supervisor.on('session', () => {
      most = Math.max(most, supervisor.getMetrics().activeWorkers)
    })
    const started: number[] = []
    const runs = [0, 1, 2, 3, 4, 5].map((index) =>
      supervisor.run<number>(task('add', [index, 0]), { onRunning: () => started.push(index) }),
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
    const { outcome } = supervisor.submit(task('add', [1, 2]))
    expect(await outcome).toMatchObject({ heapLimitMb: 8192 / 4 - 512 })
    expect(lines.join('\n')).toContain('lowered from 4096 MB to 1536 MB')
  })

  test('an explicit limit waits for room, and one above the whole budget is refused', async () => {
    const supervisor = createSupervisor({ memoryBudgetMb: 3000 })
    await supervisor.spawnWorker(task('waitForAbort'), { heapLimitMb: 1500 })
    const second = supervisor.submit(task('add', [1, 2]), { heapLimitMb: 1500 })
    await Promise.resolve()
    await Promise.resolve()
    expect(supervisor.getMetrics()).toMatchObject({
      queuedTasks: 1,
      memory: { waitingFor: 'memory', committedMb: 2012 },
    })
    await expect(supervisor.run(task('add'), { heapLimitMb: 2600 })).rejects.toMatchObject({
      code: 'TASK_EXCEEDS_BUDGET',
    })
    second.cancel()
  })

  test('refuses what overflows its queue, as a rejection', async () => {
    const supervisor = createSupervisor({ maxWorkers: 1, maxQueue: 1 })
    await supervisor.spawnWorker(task('spin'))
    supervisor.submit(task('add', [1, 2]))
    await expect(supervisor.run(task('add', [1, 2]))).rejects.toMatchObject({ code: 'QUEUE_FULL' })
  })

  test('knows the outcome of a session by its id, running or ended', async () => {
    const supervisor = createSupervisor()
    const sessionId = await supervisor.spawnWorker(task('waitForAbort'))
    expect(sessionId).toMatch(/^worker-session-/)
    expect(supervisor.getMetrics().activeWorkers).toBe(1)
    expect(await supervisor.terminateWorker(sessionId)).toMatchObject({ status: 'cancelled', cause: 'user' })
    expect(await supervisor.waitForCompletion(sessionId)).toMatchObject({ sessionId })
    expect(supervisor.getResult(sessionId)).toMatchObject({ ok: false })
    await expect(supervisor.waitForCompletion('worker-session-x')).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' })
  })

  test('close ends what runs, refuses what comes later, and is one promise for all callers', async () => {
    const supervisor = createSupervisor({ maxWorkers: 1 })
    const running = supervisor.submit(task('spin'))
    const waiting = supervisor.submit(task('add', [1, 2]))
    await Promise.all([supervisor.close({ graceMs: 20 }), supervisor.cleanup(), supervisor.destroy()])
    expect(await running.outcome).toMatchObject({ status: 'cancelled', cause: 'shutdown' })
    expect(await waiting.outcome).toMatchObject({ status: 'cancelled', cause: 'shutdown', ranMs: null })
    expect(supervisor.getMetrics()).toMatchObject({ activeWorkers: 0, queuedTasks: 0 })
    await expect(supervisor.run(task('add', [1, 2]))).rejects.toMatchObject({ code: 'SUPERVISOR_CLOSED' })
  })

  test('writes a session down before it starts, and refuses it when that fails', async () => {
    const written: string[] = []
    const supervisor = createSupervisor({
      journal: {
        queued: async ({ sessionId }) => void written.push(`queued ${sessionId}`),
        ended: async ({ sessionId }, { status }) => void written.push(`${status} ${sessionId}`),
      },
    })
    const { sessionId, result } = supervisor.submit(task('add', [1, 2]), {
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
    await expect(failing.run(task('add', [1, 2]))).rejects.toMatchObject({ code: 'JOURNAL_FAILED' })
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
    expect(await supervisor.run(task('add', [1, 2]))).toBe(3)
    expect(await supervisor.run(task('add', [3, 4]))).toBe(7)
    process.off('uncaughtException', catchIt)
    for (const listener of others) process.on('uncaughtException', listener)
    expect(uncaught).toHaveLength(2)
  })

  test('refuses unknown and unfit options with what was expected', async () => {
    expect(() => createSupervisor({ maxWorkers: 0 })).toThrow(/maxWorkers/)
    await expect(createSupervisor().run(task('add'), { timeout: 5 } as never)).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
    })
  })
})

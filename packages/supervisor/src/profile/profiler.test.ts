import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { AgentSupervisor } from '../agent-supervisor.ts'
import type { TaskOptions } from '../options.ts'
import type { Submission } from '../submission.ts'

/* Real workers, whose real inspector is asked. */

const module = new URL('../fixtures/profiled.ts', import.meta.url).href
const stubborn = new URL('../fixtures/stubborn.ts', import.meta.url).href

let folder: string
let supervisor: AgentSupervisor

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mayfly-profiles-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

const open = (): void => {
  supervisor = new AgentSupervisor({ heapLimitMb: 256, externalLimitMb: 64, maxWorkers: 4 })
}

afterEach(async () => {
  await supervisor.destroy()
  // Whatever happened, nothing half-made is left.
  expect(readdirSync(folder).filter((name) => name.startsWith('.mayfly-profile-'))).toEqual([])
})

/** Resolves when the task has said that it is where it should be. */
const started = async (name: string, input: unknown, options: TaskOptions = {}): Promise<Submission> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const submission = supervisor.submit(
    { handler: { module, export: name }, input },
    { graceMs: 20, ...options, onLog: () => resolve() },
  )
  await Promise.race([promise, submission.result])
  return submission
}

const path = (name: string): string => join(folder, name)
const functionsIn = (file: string): string[] =>
  JSON.parse(readFileSync(file, 'utf8')).nodes.map(
    (node: { callFrame: { functionName: string } }) => node.callFrame.functionName,
  )
const specimensIn = (file: string): boolean => JSON.parse(readFileSync(file, 'utf8')).strings.includes('Specimen')

describe.each(['thread', 'process'] as const)('of a %s', (isolation) => {
  test.each(['spinHeavily', 'waitHeavily'])(
    'a CPU profile of %s says what it did, and the task goes on',
    async (name) => {
      open()
      const { sessionId, cancel, outcome } = await started(name, 1000, { isolation })
      const file = path(`${isolation}-${name}.cpuprofile`)
      const written = await supervisor.captureCpuProfile(sessionId, file, { durationMs: 300 })
      expect(written).toEqual({ sessionId, kind: 'cpu', path: file, size: statSync(file).size })
      expect(statSync(file).mode & 0o777).toBe(0o600)
      if (name === 'spinHeavily') expect(functionsIn(file)).toContain('countPrimes')
      cancel()
      expect(await outcome).toMatchObject({ cause: 'user' })
    },
  )

  test.each(['spinHeavily', 'waitHeavily'])(
    'a heap snapshot of %s has its objects, and the task goes on',
    async (name) => {
      open()
      const { sessionId, cancel, outcome } = await started(name, 50_000, { isolation })
      const file = path(`${isolation}-${name}.heapsnapshot`)
      const written = await supervisor.takeHeapSnapshot(sessionId, file)
      expect(written).toEqual({ sessionId, kind: 'heap', path: file, size: statSync(file).size })
      expect(statSync(file).mode & 0o777).toBe(0o600)
      expect(specimensIn(file)).toBe(true)
      // A second one, and one of the other kind, right behind it.
      await supervisor.captureCpuProfile(sessionId, path(`${isolation}-${name}-after.cpuprofile`), { durationMs: 50 })
      cancel()
      expect(await outcome).toMatchObject({ cause: 'user', wedged: false })
    },
  )

  test('a kill during a snapshot ends the worker, and this process lives', async () => {
    open()
    for (const delayMs of [0, 20, 60, 120]) {
      const { sessionId, outcome } = await started('spinHeavily', 100_000, { isolation })
      const snapshot = supervisor.takeHeapSnapshot(sessionId, path(`killed-${isolation}-${delayMs}.heapsnapshot`))
      const kill = new Promise((resolve) => setTimeout(resolve, delayMs)).then(() =>
        supervisor.terminateWorker(sessionId),
      )
      const [made] = await Promise.allSettled([snapshot, kill])
      if (made.status === 'rejected') expect(made.reason).toMatchObject({ code: 'PROFILE_NO_WORKER' })
      expect(await outcome).toMatchObject({ cause: 'user' })
    }
  })

  test('a worker that goes by itself meanwhile is said to have gone', async () => {
    open()
    const { sessionId, outcome } = await started('leaveSoon', 300, { isolation })
    const profile = supervisor.captureCpuProfile(sessionId, path(`left-${isolation}.cpuprofile`), {
      durationMs: 60_000,
    })
    await expect(profile).rejects.toMatchObject({ name: 'ProfileError', code: 'PROFILE_NO_WORKER' })
    expect(await outcome).toMatchObject({ cause: 'exit', exitCode: 3 })
    expect((await outcome.then(() => supervisor.getResult(sessionId)))?.ok).toBe(false)
    await expect(supervisor.takeHeapSnapshot(sessionId, path('never'))).rejects.toMatchObject({
      code: 'PROFILE_NO_WORKER',
    })
  })

  test('several workers at once, each in a file of its own', async () => {
    open()
    const tasks = await Promise.all([1, 2, 3].map(() => started('spinHeavily', 10_000, { isolation })))
    const kinds = tasks.map(({ sessionId }, index) =>
      index === 0
        ? supervisor.takeHeapSnapshot(sessionId, path(`several-${isolation}.heapsnapshot`))
        : supervisor.captureCpuProfile(sessionId, path(`several-${isolation}-${index}.cpuprofile`), {
            durationMs: 200,
          }),
    )
    const written = await Promise.all(kinds)
    expect(written.map(({ sessionId }) => sessionId)).toEqual(tasks.map(({ sessionId }) => sessionId))
    expect(functionsIn(path(`several-${isolation}-2.cpuprofile`))).toContain('countPrimes')
  })

  test('a cancelled profile leaves no file, and the worker can be profiled again', async () => {
    open()
    const { sessionId } = await started('spinHeavily', 10, { isolation })
    const abort = new AbortController()
    const file = path(`cancelled-${isolation}.cpuprofile`)
    const profile = supervisor.captureCpuProfile(sessionId, file, { durationMs: 60_000, signal: abort.signal })
    await expect(supervisor.captureCpuProfile(sessionId, path('other'))).rejects.toMatchObject({ code: 'PROFILE_BUSY' })
    abort.abort()
    await expect(profile).rejects.toMatchObject({ code: 'PROFILE_CANCELLED' })
    await supervisor.captureCpuProfile(sessionId, file, { durationMs: 50 })
    expect(statSync(file).size).toBeGreaterThan(0)
  })

  test('a task that stands in for the snapshot writer gets no snapshot written', async () => {
    open()
    const { sessionId } = await started('forgeSnapshot', null, { isolation })
    const snapshot = supervisor.takeHeapSnapshot(sessionId, path(`forged-${isolation}.heapsnapshot`))
    await expect(snapshot).rejects.toMatchObject({ code: 'PROFILE_FAILED' })
  })

  test('nothing is overwritten, and a place that cannot be written is named', async () => {
    open()
    const { sessionId } = await started('waitHeavily', 10, { isolation })
    const taken = path(`taken-${isolation}`)
    writeFileSync(taken, 'mine')
    await expect(supervisor.takeHeapSnapshot(sessionId, taken)).rejects.toMatchObject({ code: 'PROFILE_FILE_EXISTS' })
    expect(readFileSync(taken, 'utf8')).toBe('mine')
    const nowhere = join(folder, 'no', 'such', 'folder')
    const snapshot = supervisor.takeHeapSnapshot(sessionId, nowhere)
    await expect(snapshot).rejects.toMatchObject({
      code: 'PROFILE_FILE_UNWRITABLE',
      message: expect.stringContaining(nowhere),
    })
  })
})

test('a worker in a native call does not answer, which is said and does not hold it up', async () => {
  open()
  const task = { handler: { module: stubborn, export: 'waitForChild' } }
  const { promise: waits, resolve: onProgress } = Promise.withResolvers<unknown>()
  const sessionId = await supervisor.spawnWorker(task, { graceMs: 10, onProgress })
  await waits
  const snapshot = supervisor.takeHeapSnapshot(sessionId, path('native'), { timeoutMs: 300 })
  await expect(snapshot).rejects.toMatchObject({ code: 'PROFILE_NO_ANSWER' })
  expect(await supervisor.terminateWorker(sessionId)).toMatchObject({ cause: 'user', wedged: false })
})

test('a restricted worker is not profiled', async () => {
  open()
  const options = { isolation: 'process', permissions: { fsRead: [join(import.meta.dirname, '..')] } } as const
  const { sessionId } = await started('waitHeavily', 10, options)
  await expect(supervisor.captureCpuProfile(sessionId, path('restricted'))).rejects.toMatchObject({
    code: 'PROFILE_UNSUPPORTED',
  })
})

test('a session that never was, one that waits, and options that make no sense', async () => {
  supervisor = new AgentSupervisor({ heapLimitMb: 256, maxWorkers: 1 })
  await started('waitHeavily', 10)
  const { sessionId } = supervisor.submit({ handler: { module, export: 'waitHeavily' }, input: 1 })
  await expect(supervisor.captureCpuProfile(sessionId, path('x'))).rejects.toMatchObject({ code: 'PROFILE_NO_WORKER' })
  await expect(supervisor.captureCpuProfile('nobody', path('x'))).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' })
  const longest = supervisor.captureCpuProfile(sessionId, path('x'), { durationMs: 3_600_000 })
  await expect(longest).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  await expect(supervisor.takeHeapSnapshot(sessionId, '')).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
})

test.skipIf(process.getuid?.() === 0)('a folder that may not be written is named', async () => {
  open()
  const { sessionId } = await started('waitHeavily', 10)
  const locked = mkdtempSync(join(folder, 'locked-'))
  chmodSync(locked, 0o500)
  const snapshot = supervisor.takeHeapSnapshot(sessionId, join(locked, 'x'))
  await expect(snapshot).rejects.toMatchObject({ code: 'PROFILE_FILE_UNWRITABLE' })
})

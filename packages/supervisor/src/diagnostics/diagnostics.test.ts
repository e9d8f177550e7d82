import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AgentSupervisor } from '../agent-supervisor.ts'
import type { Task } from '../options.ts'
import type { DiagnosticsChannelName, DiagnosticsMessages } from './messages.ts'
import { diagnosticsChannelNames } from './publish.ts'

const fixture = (name: string): string => new URL(`../fixtures/${name}`, import.meta.url).href
const adding: Task = { handler: { module: fixture('tasks.ts'), export: 'add' }, input: [1, 2] }
const spinning: Task = { handler: { module: fixture('stubborn.ts'), export: 'spin' } }

type Told = {
  [Name in DiagnosticsChannelName]: { name: Name; message: DiagnosticsMessages[Name] }
}[DiagnosticsChannelName]

let told: Told[]
let supervisor: AgentSupervisor

const onMessage = (message: unknown, name: string | symbol): void => void told.push({ name, message } as Told)

beforeEach(() => {
  told = []
  supervisor = new AgentSupervisor({ heapLimitMb: 256, maxWorkers: 1 })
  for (const name of diagnosticsChannelNames) subscribe(name, onMessage)
})

afterEach(async () => {
  await supervisor.destroy()
  for (const name of diagnosticsChannelNames) unsubscribe(name, onMessage)
})

const namesOf = (id: string): string[] =>
  told.flatMap(({ name, message }) => ('sessionId' in message && message.sessionId === id ? [name] : []))

const messageOf = <Name extends DiagnosticsChannelName>(name: Name): DiagnosticsMessages[Name] | undefined =>
  told.find((one) => one.name === name)?.message as DiagnosticsMessages[Name] | undefined

describe('the channels', () => {
  test.each(['thread', 'process'] as const)('tell the life of a task in a %s in its order', async (isolation) => {
    const { sessionId, result } = supervisor.submit(adding, { isolation, attempt: 2 })
    await result
    await supervisor.close()
    expect(namesOf(sessionId)).toEqual([
      'mayfly:task:submitted',
      'mayfly:queue:enqueued',
      'mayfly:queue:dequeued',
      'mayfly:task:started',
      'mayfly:worker:created',
      'mayfly:worker:ready',
      'mayfly:task:running',
      'mayfly:task:settled',
      'mayfly:worker:stopping',
      'mayfly:worker:ended',
      'mayfly:task:ended',
    ])
    const ofSupervisor = { supervisorId: supervisor.id }
    const task = { ...ofSupervisor, sessionId, handler: `${fixture('tasks.ts')}#add`, attempt: 2 }
    expect(messageOf('mayfly:task:started')).toEqual({ ...task, workerId: sessionId, isolation, fromSpare: false })
    expect(messageOf('mayfly:task:settled')).toMatchObject({ ...task, outcome: { cause: 'result' }, error: null })
    expect(messageOf('mayfly:queue:dequeued')).toEqual({
      ...ofSupervisor,
      sessionId,
      length: 0,
      waitedMs: expect.any(Number),
    })
    const pid = isolation === 'process' ? expect.any(Number) : null
    expect(messageOf('mayfly:worker:ended')).toEqual({
      ...ofSupervisor,
      workerId: sessionId,
      sessionId,
      isolation,
      pid,
    })
    expect(messageOf('mayfly:queue:idle')).toEqual(ofSupervisor)
  })

  test('tell of a task that ends while it waits, without a worker', async () => {
    await supervisor.spawnWorker(spinning)
    const { sessionId, cancel, outcome } = supervisor.submit(adding)
    const { promise, resolve } = Promise.withResolvers<void>()
    setImmediate(resolve)
    await promise
    cancel('not wanted')
    await outcome
    expect(namesOf(sessionId)).toEqual([
      'mayfly:task:submitted',
      'mayfly:queue:enqueued',
      'mayfly:task:settled',
      'mayfly:task:ended',
    ])
    expect(told.at(-2)?.message).toMatchObject({ outcome: { cause: 'user' }, error: { name: 'TaskError' } })
  })

  test('tell of a task that was refused, and of one that the journal refused', async () => {
    await supervisor.close()
    const { sessionId, result } = supervisor.submit(adding)
    await expect(result).rejects.toMatchObject({ code: 'SUPERVISOR_CLOSED' })
    expect(messageOf('mayfly:task:refused')).toMatchObject({ sessionId, code: 'SUPERVISOR_CLOSED' })
    const journal = { queued: () => Promise.reject(new Error('disk full')) }
    supervisor = new AgentSupervisor({ heapLimitMb: 256, journal })
    const unrecorded = supervisor.submit(adding)
    await expect(unrecorded.result).rejects.toMatchObject({ code: 'JOURNAL_FAILED' })
    expect(namesOf(unrecorded.sessionId)).toEqual(['mayfly:task:submitted', 'mayfly:task:refused', 'mayfly:task:ended'])
  })

  test('tell of spares, and of the task that takes one', async () => {
    await supervisor.prepare(adding.handler)
    const { workerId } = messageOf('mayfly:spare:ready') ?? expect.fail('no spare')
    const { sessionId, result } = supervisor.submit(adding)
    await result
    expect(messageOf('mayfly:spare:taken')).toMatchObject({ workerId, sessionId, isolation: 'thread' })
    expect(messageOf('mayfly:task:started')).toMatchObject({ workerId, fromSpare: true })
    // It was born once.
    const born = told.filter(({ name, message }) => name === 'mayfly:worker:created' && message.workerId === workerId)
    expect(born).toHaveLength(1)
    await supervisor.close()
    expect(supervisor.getMetrics().starts).toEqual({ thread: { cold: 0, spare: 1 }, process: { cold: 0, spare: 0 } })
  })

  test('a spare that fails is told of with its error', async () => {
    const handler = { module: fixture('throwing-import.ts') }
    await expect(supervisor.prepare(handler)).rejects.toMatchObject({ code: 'SPARE_FAILED' })
    expect(messageOf('mayfly:spare:failed')).toMatchObject({ error: expect.any(Error) })
  })

  test('a subscriber that throws stops nothing, and its error is not lost', async () => {
    const uncaught = vi.fn()
    const thrower = (): never => {
      throw new Error('from a subscriber')
    }
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', uncaught)
    for (const name of diagnosticsChannelNames) subscribe(name, thrower)
    try {
      expect(await supervisor.run(adding)).toBe(3)
      await supervisor.close()
    } finally {
      for (const name of diagnosticsChannelNames) unsubscribe(name, thrower)
      process.off('uncaughtException', uncaught)
      for (const listener of listeners) process.on('uncaughtException', listener)
    }
    expect(uncaught).toHaveBeenCalledWith(expect.objectContaining({ message: 'from a subscriber' }), expect.anything())
  })
})

describe('what a caller is told', () => {
  test('finds the AsyncLocalStorage of whoever submitted the task, and nobody else’s', async () => {
    const storage = new AsyncLocalStorage<string>()
    const heard: Record<string, (string | undefined)[]> = { first: [], second: [] }
    const events: (string | undefined)[] = []
    supervisor.on('session', () => events.push(storage.getStore()))
    const submit = (who: 'first' | 'second'): Promise<unknown> =>
      storage.run(who, () => {
        const hear = (): void => void heard[who]?.push(storage.getStore())
        const task = { handler: { module: fixture('profiled.ts'), export: 'sayEverything' } }
        return supervisor.run(task, { onRunning: hear, onProgress: hear, onLog: hear, onCheckpoint: hear })
      })
    // The second waits, and starts when the first has ended.
    await Promise.all([submit('first'), submit('second')])
    expect(heard).toEqual({ first: Array(4).fill('first'), second: Array(4).fill('second') })
    await supervisor.close()
    expect(new Set(events)).toEqual(new Set([undefined]))
  })
})

test('getMetrics counts starts and times what has ended', async () => {
  for (const isolation of ['thread', 'thread', 'process'] as const) await supervisor.run(adding, { isolation })
  await supervisor.close()
  const { starts, times, outcomesByCause } = supervisor.getMetrics()
  expect(starts).toEqual({ thread: { cold: 2, spare: 0 }, process: { cold: 1, spare: 0 } })
  expect(outcomesByCause).toEqual({ result: 3 })
  for (const { count, p50, p99, max } of Object.values(times)) {
    expect(count).toBe(3)
    expect([p50, p99, max]).toEqual([p50, p99, max].toSorted((left, right) => left - right))
  }
  expect(times.submittedToRunning.max).toBeGreaterThan(0)
})

test('the README’s table names every channel, and no other', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const named = [...readme.matchAll(/^\| `(mayfly:[a-z:-]+)` \|/gm)].map(([, name]) => name)
  expect(named).toEqual(diagnosticsChannelNames)
})

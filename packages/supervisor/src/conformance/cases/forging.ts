import { tmpdir } from 'node:os'
import { expect } from 'vitest'
import { CHUNK_WINDOW, WINDOW } from '../../messages/messages.ts'
import type { Task } from '../../options.ts'
import type { Outcome } from '../../session/outcome.ts'
import type { Capability } from '../capabilities.ts'
import { type CaseGroup, type ConformanceCase, outcomeOf, resultOf, tasksOf } from '../conformance-case.ts'
import type { Bench } from '../tiers.ts'

const forgeries = tasksOf('forgeries.ts')
const tasks = tasksOf('tasks.ts')

const envelope = { brand: 'mayfly/1', acknowledge: false }
const usage = { heapMb: 1, externalMb: 1, cpuMs: null }

/** Each nearly right. */
const messages: Readonly<Record<string, unknown>> = {
  'no message at all': 'garbage',
  'no brand': { type: 'heartbeat', acknowledge: false },
  'an unknown type': { ...envelope, type: 'pay' },
  'out of order': { ...envelope, type: 'heartbeat', sequence: 7 },
  'a child that is process 1': { ...envelope, type: 'child', pid: 1 },
  'a child that is every process': { ...envelope, type: 'child', pid: -1 },
  'a result without its figures': { ...envelope, type: 'result', value: 1 },
  'a result without its size': { ...envelope, type: 'result', value: 1, usage, droppedLogLines: 0 },
  'a chunk that nobody asked for': { ...envelope, type: 'chunk', value: 1 },
  'an error that is none': { ...envelope, type: 'failure', at: 'task', error: 'x', usage, droppedLogLines: 0 },
}

const endsAs = (
  title: string,
  needs: readonly Capability[],
  task: Task,
  expected: (bench: Bench) => Partial<Outcome>,
  timeoutMs = 5000,
): ConformanceCase => ({
  title: `${title}: the host lives, the next task is fine`,
  needs,
  run: async (bench) => {
    const outcome = await outcomeOf(bench, task, { timeoutMs, graceMs: 20 })
    expect(outcome).toMatchObject(expected(bench))
    expect(await resultOf(bench, tasks('add', [1, 2]))).toBe(3)
  },
})

const protocol = (): Partial<Outcome> => ({ status: 'failed', cause: 'protocol', phase: 'forced' })

const failed = (): Partial<Outcome> => ({ status: 'failed' })

const onItsChannel = [
  ...Object.entries(messages).map(([title, message]) =>
    endsAs(title, ['checkedMessages'], forgeries('forge', message), protocol),
  ),
  // Noticed as a silence, or by a worker that cannot speak any more and exits.
  endsAs('a closed channel', ['checkedMessages'], forgeries('closeThenWait'), failed),
  endsAs('a result after a closed channel', ['checkedMessages'], forgeries('closeThenReturn'), failed),
  // A pipe knows no prototype.
  endsAs('a patched postMessage', ['checkedMessages'], forgeries('patchPostMessage'), ({ tier }) =>
    tier.name === 'process' ? { status: 'completed' } : protocol(),
  ),
]

const aFile = { name: 'passwd', path: '/etc/passwd', size: 1, sha256: '0'.repeat(64) }

const artifactElsewhere: ConformanceCase = {
  title: 'an artifact outside the folder is not told of',
  needs: ['checkedMessages'],
  run: async (bench) => {
    const told: unknown[] = []
    const outcome = await outcomeOf(bench, forgeries('forge', { ...envelope, type: 'artifact', artifact: aFile }), {
      artifactFolder: tmpdir(),
      onArtifact: (one) => told.push(one),
      timeoutMs: 5000,
    })
    expect(told).toEqual([])
    expect(outcome).toMatchObject(protocol())
  },
}

const resultElsewhere: ConformanceCase = {
  title: 'a result in a file outside the folder is none',
  needs: ['checkedMessages'],
  run: async (bench) => {
    const file = { artifact: aFile, format: 'text' }
    const result = { ...envelope, type: 'result', value: 1, bytes: 0, file, usage, droppedLogLines: 0 }
    const outcome = await outcomeOf(bench, forgeries('forge', result), { artifactFolder: tmpdir(), timeoutMs: 5000 })
    expect(outcome).toMatchObject(protocol())
  },
}

/** Each a right message, a million times in one loop, past every window. */
const floods: readonly ConformanceCase[] = [
  ['heartbeats', { type: 'heartbeat' }],
  ['heartbeats that ask for an answer each', { type: 'heartbeat', acknowledge: true }],
  ['progress', { type: 'progress', value: { done: 1 } }],
  ['log lines', { type: 'log', line: { at: 1, source: 'log', text: 'x'.repeat(100) } }],
  ['checkpoints', { type: 'checkpoint', value: { at: 1 } }],
  ['reports of usage', { type: 'usage', usage }],
  ['children', { type: 'child', pid: 2 ** 22 + 1 }],
  ['a second birth', { type: 'ready', threadId: null, heapSizeLimitMb: 4000 }],
].map(
  ([title, message]): ConformanceCase => ({
    title: `a million forged messages: ${title}: few are read, the host lives, the next task is fine`,
    needs: ['checkedMessages'],
    run: async (bench) => {
      let heard = 0
      const hear = (): void => void heard++
      const task = forgeries('forgeMany', { ...envelope, ...(message as object) })
      const options = { onProgress: hear, onLog: hear, onCheckpoint: hear, timeoutMs: 20_000 }
      expect(await outcomeOf(bench, task, options)).toMatchObject(protocol())
      expect(heard).toBeLessThanOrEqual(WINDOW.messages + 16)
      expect(await resultOf(bench, tasks('add', [1, 2]))).toBe(3)
    },
  }),
)

const chunkFlood: ConformanceCase = {
  title: 'chunks beyond what their reader has made room for: few are kept, and its loop ends with the error',
  needs: ['checkedMessages'],
  run: async (bench) => {
    const stream = bench.stream(forgeries('forgeMany', { ...envelope, type: 'chunk', value: 'x' }))
    expect(await stream.outcome).toMatchObject(protocol())
    let chunks = 0
    const reading = async (): Promise<void> => {
      for await (const _chunk of stream) chunks++
    }
    await expect(reading()).rejects.toMatchObject({ outcome: { cause: 'protocol' } })
    expect(chunks).toBe(CHUNK_WINDOW.chunks)
  },
}

const onADescriptor = [
  endsAs(
    'garbage',
    ['fileDescriptors'],
    forgeries('writeTo', { descriptor: 3, text: 'garbage, and more of it' }),
    protocol,
  ),
  endsAs('zeros', ['fileDescriptors'], forgeries('writeTo', { descriptor: 3, text: '\0'.repeat(64) }), protocol),
  endsAs('garbage without end', ['fileDescriptors'], forgeries('floodDescriptor', 3), protocol),
  endsAs(
    'garbage on the way in',
    ['fileDescriptors'],
    forgeries('writeTo', { descriptor: 4, text: 'garbage' }),
    () => ({
      status: 'timed_out',
    }),
  ),
  // In its first turn, before the worker listens there: it can no longer be told anything.
  endsAs('a way in that is closed', ['fileDescriptors'], forgeries('closeDescriptor', 4), failed),
]

export const forging: CaseGroup = {
  title: 'forged messages',
  cases: [...onItsChannel, artifactElsewhere, resultElsewhere, ...floods, chunkFlood, ...onADescriptor],
}

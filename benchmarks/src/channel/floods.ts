import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type AgentSupervisor, type IsolationRequest, TaskError, type TaskOptions } from '@mayfly/supervisor'
import type { Sample } from '../common/interleave.ts'
import { type Watched, watchLoop } from './watch-loop.ts'

export type Figure = keyof Watched | 'arrived' | 'seconds'

export const floodingTask: string = new URL('../fixtures/flooding-task.mjs', import.meta.url).href
const floodingWorker = new URL('../fixtures/flooding-worker.mjs', import.meta.url)

const MILLION = 1_000_000

export interface Flood {
  /** The export that says it. */
  readonly name: string
  readonly count: number
  readonly isStreamed?: boolean
  /** It ends with the end of its session. */
  readonly breaksChannel?: boolean
}

/** Each in one loop that never yields, except the streams. */
export const floods: Readonly<Record<string, Flood>> = {
  'no message (a task that spins for a second)': { name: 'spin', count: 1000 },
  'a million progress values': { name: 'progress', count: MILLION },
  'a million log lines': { name: 'log', count: MILLION },
  'a million heartbeats': { name: 'heartbeat', count: MILLION },
  'a million checkpoints': { name: 'checkpoint', count: MILLION },
  'a million chunks, yielded': { name: 'stream', count: MILLION, isStreamed: true },
  'a million chunks, a thousand awaited': { name: 'streamUnawaited', count: MILLION, isStreamed: true },
  'a million lines printed': { name: 'print', count: MILLION },
  '20,000 progress values of 400 kB': { name: 'largeProgress', count: 20_000 },
  '500 progress values of 16,000 objects': { name: 'manyParts', count: 500 },
  'a million raw messages past the window': { name: 'raw', count: MILLION, breaksChannel: true },
}

/** What a flood does to the process that supervises it. */
export const measureFlood = async (
  supervisor: AgentSupervisor,
  isolation: IsolationRequest,
  flood: Flood,
): Promise<Sample<Figure>> => {
  const drained = once(supervisor, 'idle')
  let arrived = 0
  const count = (): void => void arrived++
  const options: TaskOptions = { isolation, onProgress: count, onLog: count, onCheckpoint: count }
  const begun = performance.now()
  const stop = watchLoop()
  await submit(supervisor, flood, options, count)
  const watched = stop()
  const seconds = (performance.now() - begun) / 1000
  await drained
  return { ...watched, seconds, ...(flood.name !== 'heartbeat' && flood.name !== 'spin' && { arrived }) }
}

const submit = async (
  supervisor: AgentSupervisor,
  { name, count, isStreamed = false, breaksChannel = false }: Flood,
  options: TaskOptions,
  onChunk: () => void,
): Promise<void> => {
  const task = { handler: { module: floodingTask, export: name }, input: count }
  if (isStreamed) for await (const _chunk of supervisor.stream(task, options)) onChunk()
  else await supervisor.run(task, options).catch((error: unknown) => allowBreak(error, breaksChannel))
}

const allowBreak = (error: unknown, breaksChannel: boolean): void => {
  if (breaksChannel && error instanceof TaskError && error.outcome.cause === 'protocol') return
  throw error
}

/** The raw primitive: a worker that posts a million messages, and a listener that counts them. */
export const measureRawFlood = async (): Promise<Sample<Figure>> => {
  let arrived = 0
  const begun = performance.now()
  const stop = watchLoop()
  const worker = new Worker(floodingWorker, { workerData: { kind: 'flood', input: MILLION } })
  worker.on('message', () => arrived++)
  await once(worker, 'exit')
  return { ...stop(), arrived, seconds: (performance.now() - begun) / 1000 }
}

/** One value from a raw worker, copied or moved. */
export const receiveRaw = async (kind: 'clone' | 'transfer', input: string): Promise<{ readonly at: number }> => {
  const worker = new Worker(floodingWorker, { workerData: { kind, input } })
  const [given] = (await once(worker, 'message')) as [{ readonly at: number }]
  return given
}

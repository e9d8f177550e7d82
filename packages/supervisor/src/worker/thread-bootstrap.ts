/*
 * The first code of every worker. It imports `node:` modules only: anything else would be paid at each start.
 */
import { readlinkSync } from 'node:fs'
import { getHeapStatistics } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'
import { encodeError } from '../messages/error-codec.ts'
import {
  BRAND,
  type SupervisorMessage,
  type Usage,
  type WorkerBirth,
  type WorkerMessage,
} from '../messages/messages.ts'
import { createTaskContext, logLine, type TaskContext } from './task-context.ts'
import { findUncloneablePath } from './uncloneable.ts'
import { assertValueFits } from './value-limits.ts'
import { WorkerChannel } from './worker-channel.ts'

type Handler = (input: unknown, context: TaskContext) => unknown

const MB = 1024 * 1024

const main = async (birth: WorkerBirth): Promise<void> => {
  const abortController = new AbortController()
  let begin: (input: unknown) => void = () => {}
  const input = new Promise<unknown>((resolve) => {
    begin = resolve
  })
  const channel = new WorkerChannel(birth.port, (message: SupervisorMessage) => {
    if (message.type === 'run') begin(message.input)
    if (message.type === 'abort') abortController.abort(new Error(message.reason))
  })
  captureOutput(channel)
  const fail = (at: 'import' | 'task' | 'uncaught', error: unknown): void => {
    const failure = { type: 'failure', at, error: encodeError(error), usage: usage() } as const
    channel.flush()
    channel.send({ ...failure, droppedLogLines: channel.droppedLogLines })
  }
  process.on('uncaughtException', (error) => fail('uncaught', error))

  const handler = await importHandler(birth).catch((error: unknown) => fail('import', error))
  if (handler === undefined) return
  channel.send({ type: 'ready', threadId: osThreadId(), heapSizeLimitMb: getHeapStatistics().heap_size_limit / MB })
  const context = createTaskContext({
    ...birth,
    signal: abortController.signal,
    send: (message) => channel.send(message),
  })
  await runTask(handler, await input, context, channel).catch((error: unknown) => fail('task', error))
}

const runTask = async (
  handler: Handler,
  input: unknown,
  context: TaskContext,
  channel: WorkerChannel,
): Promise<void> => {
  const value = await handler(input, context)
  const bytes = assertValueFits('result', value)
  channel.flush()
  try {
    channel.send({ type: 'result', value, bytes, usage: usage(), droppedLogLines: channel.droppedLogLines })
  } catch (cause) {
    const path = findUncloneablePath(value)
    const error = new Error(`The task's result cannot leave its worker: ${path} cannot be cloned.`, { cause })
    throw Object.assign(error, { code: 'RESULT_NOT_CLONEABLE', path })
  }
}

const importHandler = async (birth: WorkerBirth): Promise<Handler> => {
  const module = (await import(birth.moduleUrl)) as Record<string, unknown>
  const handler = module[birth.exportName]
  if (typeof handler === 'function') return handler as Handler
  const error = new Error(
    `Expected export "${birth.exportName}" of ${birth.moduleUrl} to be a function, got ${typeof handler}.`,
  )
  throw Object.assign(error, { code: 'HANDLER_INVALID' })
}

/** A worker's real stdout needs its event loop and has no limit; its lines go through the channel instead. */
const captureOutput = (channel: WorkerChannel): void => {
  for (const source of ['stdout', 'stderr'] as const) {
    process[source].write = ((chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString('utf8')
      const message: WorkerMessage = { type: 'log', line: logLine(source, text.replace(/\n$/, '')) }
      channel.send(message)
      const done = typeof encoding === 'function' ? encoding : callback
      if (typeof done === 'function') queueMicrotask(() => done())
      return true
    }) as typeof process.stdout.write
  }
}

const usage = (): Usage => {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics()
  const cpu = typeof process.threadCpuUsage === 'function' ? process.threadCpuUsage() : undefined
  return {
    heapMb: heap / MB,
    externalMb: external / MB,
    cpuMs: cpu === undefined ? null : (cpu.user + cpu.system) / 1000,
  }
}

/** The operating system's number of this thread, by which its child processes are found; null where there is no /proc. */
const osThreadId = (): number | null => {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1))
  } catch {
    return null
  }
}

// Task code must not reach the channel: it is taken out of `workerData`, and the unbounded `parentPort` is closed.
const birth = workerData as WorkerBirth
if (birth?.brand === BRAND) {
  const own = { ...birth }
  for (const key of Object.keys(birth)) Reflect.deleteProperty(birth, key)
  parentPort?.close()
  void main(own)
}

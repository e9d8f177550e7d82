/*
 * What every worker does, of either tier: import the handler, say so, run it once, say how it went. It imports `node:` modules
 * only: anything else would be paid at each start.
 */
import { encodeError } from '../messages/error-codec.ts'
import type { Assignment, SupervisorMessage, Usage, WorkerBirth } from '../messages/messages.ts'
import { captureOutput } from './captured-output.ts'
import type { ChunkSender } from './chunk-sender.ts'
import { rehearse } from './rehearsal.ts'
import { createChunkSender, type Handler, runTask } from './run-task.ts'
import { readUsage } from './usage.ts'
import { WorkerChannel } from './worker-channel.ts'
import type { WorkerPort } from './worker-port.ts'

/** What differs by tier. */
export interface WorkerHost {
  readonly port: WorkerPort
  /** The operating system's number of this thread; null in a process of its own and where there is no /proc. */
  readonly threadId: number | null
  /** CPU time of the worker so far; null where Node has no figure. */
  readonly cpuMs: () => number | null
  /** Milliseconds between reports of the worker's own memory, for a tier where nobody can read it from outside. */
  readonly reportUsageEveryMs: number | undefined
  /** Called when the handler's modules are imported. */
  readonly imported?: () => void
}

/** Its own, whatever its task makes of `process`. */
const exit = process.exit.bind(process)

export const runWorker = async (birth: WorkerBirth, host: WorkerHost): Promise<void> => {
  const abortController = new AbortController()
  const assigned = Promise.withResolvers<Assignment>()
  const rehearsed = Promise.withResolvers<void>()
  let isAssigned = false
  let chunks: ChunkSender | undefined
  const channel = new WorkerChannel(host.port, (message: SupervisorMessage) => {
    if (message.type === 'run') {
      isAssigned = true
      assigned.resolve(message.assignment)
    }
    if (message.type === 'rehearse') rehearsed.resolve(rehearse(message.assignment, birth.workerId, usage))
    if (message.type === 'abort') abortController.abort(new Error(message.reason))
    if (message.type === 'taken') chunks?.taken(message.chunks)
  })
  captureOutput(channel)
  const usage = (): Usage => readUsage(host.cpuMs())
  let hasFailed = false
  const fail = (at: 'import' | 'task' | 'uncaught', error: unknown): void => {
    // A task ends once; a thousand rejections later than that are no news.
    if (hasFailed) return
    hasFailed = true
    try {
      const failure = { type: 'failure', at, error: encodeError(error), usage: usage() } as const
      channel.flush()
      channel.send({ ...failure, droppedLogLines: channel.droppedLogLines })
    } catch {
      // A worker whose task has taken away what it needs to speak can still end, and that is heard.
      exit(1)
    }
  }
  process.on('uncaughtException', (error) => fail('uncaught', error))
  process.on('exit', () => channel.flush())

  reportUsage(channel, usage, host.reportUsageEveryMs)
  if (birth.waits) channel.listen()
  const handler = await importHandler(birth).catch((error: unknown) => fail('import', error))
  if (handler === undefined) return
  host.imported?.()
  if (birth.waits) {
    await rehearsed.promise
    channel.ask()
  }
  channel.send({ type: 'ready', threadId: host.threadId })
  if (!birth.waits) channel.receiveWaiting()
  if (!isAssigned) channel.listen()
  const assignment = await assigned.promise
  const { signal } = abortController
  const { clone } = host.port
  chunks = createChunkSender(channel, assignment, signal, clone)
  try {
    await runTask(handler, assignment, { workerId: birth.workerId, channel, chunks, signal, clone, usage })
  } catch (error) {
    fail('task', error)
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

const reportUsage = (channel: WorkerChannel, usage: () => Usage, everyMs: number | undefined): void => {
  if (everyMs === undefined) return
  setInterval(() => channel.send({ type: 'usage', usage: usage() }), everyMs).unref()
}

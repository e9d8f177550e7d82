import { encodeError } from '../messages/error-codec.ts'
import type { Assignment, Usage, WorkerMessage } from '../messages/messages.ts'
import { ChunkSender } from '../worker/chunk-sender.ts'
import { packResult } from '../worker/packed-result.ts'
import { finalValue } from '../worker/returned-stream.ts'
import { createTaskContext, type TaskContext } from '../worker/task-context.ts'
import type { MemorySample, Transport, WorkerHandle, WorkerListener, WorkerStart } from './transport.ts'

type Handler = (input: unknown, context: TaskContext) => unknown

/**
 * The legacy path: the task runs in this process, with the same context, states and outcome as in a worker. Nothing can
 * be enforced here: a task that spins is not heard, one that ignores its signal is left behind after its grace.
 */
export const inProcessTransport: Transport = {
  isolation: 'in-process',
  enforced: false,
  start: (start, listener) => new InProcessHandle(start, listener),
}

const noUsage = { heapMb: 0, externalMb: 0, cpuMs: null }

class InProcessHandle implements WorkerHandle {
  readonly fuse = 'none'
  readonly pid = undefined
  readonly threadId = null
  readonly #start: WorkerStart
  readonly #listener: WorkerListener
  readonly #abortController: AbortController = new AbortController()
  readonly #assigned: PromiseWithResolvers<Assignment> = Promise.withResolvers()
  #chunks: ChunkSender | undefined
  #exited = false

  constructor(start: WorkerStart, listener: WorkerListener) {
    this.#start = start
    this.#listener = listener
    void this.#live()
  }

  run(assignment: Assignment): void {
    this.#assigned.resolve(assignment)
  }

  /** There is nothing beside this process. */
  hold(): void {}

  abort(reason: string): void {
    this.#abortController.abort(new Error(reason))
  }

  taken(chunks: number): void {
    this.#chunks?.taken(chunks)
  }

  terminate(): void {
    if (this.#exited) return
    this.abort('the session has ended')
    // Not within the caller's transition: a worker's exit, too, comes later.
    queueMicrotask(() => this.#exit())
  }

  kill(): void {
    this.terminate()
  }

  async sample(): Promise<MemorySample> {
    return { ...ownUsage(), heapSizeLimitMb: null, heldMb: null, rssMb: null }
  }

  async #live(): Promise<void> {
    const handler = await this.#import()
    if (handler === undefined) return
    this.#send({ type: 'ready', threadId: null })
    const assignment = await this.#assigned.promise
    // Whoever heard that it is ready may have cancelled it.
    if (!this.#exited) await this.#run(handler, assignment)
  }

  async #import(): Promise<Handler | undefined> {
    const { url, exportName } = this.#start.handler
    try {
      const module = (await import(url)) as Record<string, unknown>
      const handler = module[exportName]
      if (typeof handler !== 'function') throw notAFunction(exportName, url, handler)
      return handler as Handler
    } catch (error) {
      this.#send({ type: 'failure', at: 'import', error: encodeError(error), usage: noUsage, droppedLogLines: 0 })
      return undefined
    }
  }

  async #run(handler: Handler, assignment: Assignment): Promise<void> {
    const { signal } = this.#abortController
    const { workerId } = this.#start
    const send = (message: WorkerMessage): void => this.#send(message)
    const { isStreamed } = assignment
    const chunks = new ChunkSender({ isStreamed, signal, send, clone: structuredClone, receiveWaiting: () => {} })
    this.#chunks = chunks
    const context = createTaskContext({ ...assignment, workerId, signal, chunks, send })
    try {
      const value = await finalValue(await handler(assignment.input, context), chunks)
      const { transfer: _transfer, ...packed } = await packResult(value, assignment, structuredClone)
      if (packed.file !== undefined) send({ type: 'artifact', artifact: packed.file.artifact })
      send({ type: 'result', ...packed, usage: ownUsage(), droppedLogLines: 0 })
    } catch (error) {
      this.#send({ type: 'failure', at: 'task', error: encodeError(error), usage: ownUsage(), droppedLogLines: 0 })
    }
  }

  #send(message: WorkerMessage): void {
    if (!this.#exited) this.#listener.message(message)
  }

  #exit(): void {
    if (this.#exited) return
    this.#exited = true
    this.#listener.exited(null, null)
  }
}

const notAFunction = (exportName: string, url: string, got: unknown): Error =>
  Object.assign(new Error(`Expected export "${exportName}" of ${url} to be a function, got ${typeof got}.`), {
    code: 'HANDLER_INVALID',
  })

/** The whole process's memory: in place there is no other figure. */
const ownUsage = (): Usage => {
  const { heapUsed, external } = process.memoryUsage()
  return { heapMb: heapUsed / 1024 ** 2, externalMb: external / 1024 ** 2, cpuMs: null }
}

import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads'
import Pool from 'worker-threads-pool'
import { childrenOfThread } from '../children/process-tree.ts'
import {
  BRAND,
  type Envelope,
  type SupervisorMessage,
  type WorkerBirth,
  type WorkerMessage,
} from '../messages/messages.ts'
import type { Fuse } from '../session/outcome.ts'
import { fuseLimits, secureFuse } from './fuse.ts'
import type { MemorySample, Transferable, Transport, WorkerHandle, WorkerListener, WorkerStart } from './transport.ts'

const MB = 1024 * 1024

/** Acknowledge often enough that a worker with a window of 256 never waits for a supervisor that keeps up. */
const ACKNOWLEDGE_EVERY = 64

export interface ThreadTransportOptions {
  /** Never reached by the supervisor's own count; the pool's queue, which starts work after its end, stays empty. */
  readonly maxThreads: number
  /** Ends child processes that a thread has started outside its context. */
  readonly killThreadChildren: (sessionId: string, pids: readonly number[]) => void
}

/**
 * One fresh worker thread for each session. `worker-threads-pool` makes the threads; it frees a place on `error` before
 * `exit` and its `destroy` never calls back on Node 26, so the supervisor counts slots and ends workers itself.
 */
export class ThreadTransport implements Transport {
  readonly isolation = 'thread'
  readonly enforced = true
  readonly #pool: Pool
  readonly #options: ThreadTransportOptions

  constructor(options: ThreadTransportOptions) {
    this.#options = options
    this.#pool = new Pool({ max: options.maxThreads })
  }

  start(start: WorkerStart, listener: WorkerListener): WorkerHandle {
    const fuse = secureFuse(start.heapLimitMb)
    const { port1, port2 } = new MessageChannel()
    const birth: WorkerBirth = {
      brand: BRAND,
      port: port2,
      sessionId: start.sessionId,
      moduleUrl: start.handler.url,
      exportName: start.handler.exportName,
      artifactFolder: start.artifactFolder,
      attempt: start.attempt,
      lastCheckpoint: start.lastCheckpoint,
    }
    const handle = new ThreadHandle(start.sessionId, fuse, port1, listener, this.#options.killThreadChildren)
    try {
      this.#pool.acquire(
        threadBootstrap,
        {
          workerData: birth,
          transferList: [port2],
          env: { ...start.environment },
          resourceLimits: fuseLimits(start.heapLimitMb),
          stdout: true,
          stderr: true,
          name: start.sessionId,
        },
        (_error, worker) => handle.attach(worker),
      )
    } catch (error) {
      // A port that is listened to keeps this process alive.
      port1.close()
      throw error
    }
    return handle
  }
}

/** Its own door in `exports`, so that it is found from source, from dist and under a bundler alike. */
const threadBootstrap = new URL(import.meta.resolve('@mayfly/supervisor/thread-bootstrap'))

class ThreadHandle implements WorkerHandle {
  readonly fuse: Fuse
  readonly #sessionId: string
  readonly #port: MessagePort
  readonly #listener: WorkerListener
  readonly #killThreadChildren: ThreadTransportOptions['killThreadChildren']
  #worker: Worker | undefined
  #threadId: number | null = null
  #sequence = 0
  #droppable = 0
  #terminateWhenAttached = false
  #exited = false

  constructor(
    sessionId: string,
    fuse: Fuse,
    port: MessagePort,
    listener: WorkerListener,
    killThreadChildren: ThreadTransportOptions['killThreadChildren'],
  ) {
    this.#sessionId = sessionId
    this.fuse = fuse
    this.#port = port
    this.#listener = listener
    this.#killThreadChildren = killThreadChildren
    port.on('message', (message) => this.#receive(message))
    port.on('messageerror', (error) => listener.broken(`a message could not be read: ${error}`))
  }

  attach(worker: Worker): void {
    this.#worker = worker
    worker.on('error', (error) => this.#listener.crashed(error))
    worker.once('exit', (exitCode) => this.#exit(exitCode))
    // Lines come through the channel; what native code writes here is let go, or it would pile up in this process.
    worker.stdout.resume()
    worker.stderr.resume()
    if (this.#terminateWhenAttached) this.terminate()
  }

  run(input: unknown, transferList: readonly Transferable[]): void {
    this.#post({ type: 'run', input }, transferList)
  }

  abort(reason: string): void {
    this.#post({ type: 'abort', reason })
  }

  terminate(): void {
    if (this.#worker === undefined) {
      this.#terminateWhenAttached = true
      return
    }
    // Not in this turn: whoever waits for the result comes first. Ending a thread and reading /proc took 1.5 ms of its time.
    setImmediate(() => this.#terminateNow())
  }

  #terminateNow(): void {
    if (this.#exited) return
    this.killChildren()
    // Settles with `exit`, which is listened to; it may never settle behind a native call.
    void this.#worker?.terminate()
  }

  killChildren(): void {
    if (this.#threadId === null || this.#exited) return
    this.#killThreadChildren(this.#sessionId, childrenOfThread(this.#threadId))
  }

  async sample(): Promise<MemorySample | undefined> {
    const worker = this.#worker
    if (worker === undefined || this.#exited) return undefined
    try {
      const statistics = await worker.getHeapStatistics()
      return {
        heapMb: statistics.used_heap_size / MB,
        externalMb: statistics.external_memory / MB,
        cpuMs: await cpuOf(worker),
      }
    } catch {
      // ERR_WORKER_NOT_RUNNING: its exit is on the way and tells more.
      return undefined
    }
  }

  #receive(message: unknown): void {
    if (this.#exited || !isWorkerMessage(message)) return
    if (message.sequence !== this.#sequence + 1) {
      return this.#listener.broken(`message ${message.sequence} came after ${this.#sequence}`)
    }
    this.#sequence = message.sequence
    if (message.type === 'ready') this.#threadId = message.threadId
    if (message.type === 'progress' || message.type === 'log' || message.type === 'heartbeat') this.#acknowledge()
    this.#listener.message(message)
  }

  #acknowledge(): void {
    this.#droppable++
    if (this.#droppable % ACKNOWLEDGE_EVERY === 0) this.#post({ type: 'acknowledge', sequence: this.#droppable })
  }

  /** What the worker said before it ended may still be on its way: it counts, so it is taken in first. */
  #exit(exitCode: number): void {
    for (let got = receiveMessageOnPort(this.#port); got !== undefined; got = receiveMessageOnPort(this.#port)) {
      this.#receive(got.message)
    }
    this.#exited = true
    this.#port.close()
    this.#listener.exited(exitCode, null)
  }

  #post(message: SupervisorMessage, transferList: readonly Transferable[] = []): void {
    if (!this.#exited) this.#port.postMessage(message, [...transferList])
  }
}

const isWorkerMessage = (message: unknown): message is Envelope<WorkerMessage> =>
  typeof message === 'object' && message !== null && (message as { brand?: unknown }).brand === BRAND

/** `worker.cpuUsage` came with Node 24.6. */
const cpuOf = async (worker: Worker): Promise<number | null> => {
  if (typeof worker.cpuUsage !== 'function') return null
  const { user, system } = await worker.cpuUsage()
  return (user + system) / 1000
}

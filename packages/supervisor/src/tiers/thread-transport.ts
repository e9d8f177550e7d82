import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads'
import Pool from 'worker-threads-pool'
import { childrenOfThread } from '../children/process-tree.ts'
import { type Assignment, BRAND, REHEARSAL, type SupervisorMessage } from '../messages/messages.ts'
import type { InspectorListener, InspectorWire } from '../profile/inspector-wire.ts'
import { openThreadInspector } from '../profile/thread-inspector.ts'
import type { Fuse } from '../session/outcome.ts'
import type { ThreadBirth } from '../worker/thread-bootstrap.ts'
import { fuseLimits, secureFuse } from './fuse.ts'
import {
  birthOf,
  type MemorySample,
  type Transferable,
  type Transport,
  type WorkerHandle,
  type WorkerListener,
  type WorkerStart,
} from './transport.ts'
import { markedEnvironment, type Surroundings } from './worker-environment.ts'
import { expectExit, WorkerInbox } from './worker-inbox.ts'

const MB = 1024 * 1024

/** A thread that has not been held up hears of its children's ends by then. */
const REAPED_AFTER_MS = 20

/**
 * What a thread prints past its channel is let go from then on; until then it waits in the thread. Asking for it takes both
 * threads 0.3 ms, which most short tasks need not spend (Node 26).
 */
const OUTPUT_AFTER_MS = 50

/** A thread's CPU time is only of interest when it is killed: every so many readings of its memory are enough. */
const CPU_EVERY = 4

export interface ThreadTransportOptions {
  /** Never reached by the supervisor's own count; the pool's queue, which starts work after its end, stays empty. */
  readonly maxThreads: number
  /** Ends child processes that a thread has started outside its context. */
  readonly killThreadChildren: (workerId: string, pids: readonly number[]) => void
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
  readonly #surroundings: Surroundings

  constructor(options: ThreadTransportOptions, surroundings: Surroundings) {
    this.#options = options
    this.#surroundings = surroundings
    this.#pool = new Pool({ max: options.maxThreads })
  }

  start(start: WorkerStart, listener: WorkerListener): WorkerHandle {
    const fuse = secureFuse(start.heapLimitMb)
    const { port1, port2 } = new MessageChannel()
    const birth: ThreadBirth = { ...birthOf(BRAND, start), port: port2 }
    const handle = new ThreadHandle(start, fuse, port1, listener, this.#options.killThreadChildren)
    try {
      this.#pool.acquire(
        threadBootstrap,
        {
          workerData: birth,
          transferList: [port2],
          env: markedEnvironment(start, this.#surroundings),
          resourceLimits: fuseLimits(start.heapLimitMb),
          // None comes; but Node would make all three streams of a thread only to end this one.
          stdin: true,
          stdout: true,
          stderr: true,
          name: start.workerId,
        },
        (_error, worker) => handle.attach(worker),
      )
    } catch (error) {
      // A port that is listened to keeps this process alive.
      port1.close()
      throw error
    }
    if (start.waits) handle.rehearse()
    return handle
  }
}

/** Its own door in `exports`, so that it is found from source, from dist and under a bundler alike. */
const threadBootstrap = new URL(import.meta.resolve('@mayfly/supervisor/thread-bootstrap'))

class ThreadHandle implements WorkerHandle {
  readonly fuse: Fuse
  readonly pid = undefined
  readonly #workerId: string
  readonly #waits: boolean
  readonly #port: MessagePort
  readonly #inbox: WorkerInbox
  readonly #listener: WorkerListener
  readonly #killThreadChildren: ThreadTransportOptions['killThreadChildren']
  #worker: Worker | undefined
  threadId: number | null = null
  #killWhenAttached = false
  #samples = 0
  #exited = false
  #outputTimer: NodeJS.Timeout | undefined

  constructor(
    { workerId, waits }: WorkerStart,
    fuse: Fuse,
    port: MessagePort,
    listener: WorkerListener,
    killThreadChildren: ThreadTransportOptions['killThreadChildren'],
  ) {
    this.#workerId = workerId
    this.#waits = waits
    this.fuse = fuse
    this.#port = port
    this.#listener = listener
    this.#killThreadChildren = killThreadChildren
    this.#inbox = new WorkerInbox(listener, (sequence) => this.#post({ type: 'acknowledge', sequence }))
    port.on('message', (message) => this.#receive(message))
    port.on('messageerror', (error) => listener.broken(`a message could not be read: ${error}`))
    port.once('close', () => void expectExit(listener, () => this.#exited))
  }

  attach(worker: Worker): void {
    this.#worker = worker
    worker.on('error', (error) => this.#listener.crashed(error))
    worker.once('exit', (exitCode) => this.#exit(exitCode))
    if (!this.#waits) this.#letOutputGoLater()
    if (this.#killWhenAttached) this.kill()
  }

  run(assignment: Assignment, transferList: readonly Transferable[]): void {
    this.#post({ type: 'run', assignment }, transferList)
  }

  rehearse(): void {
    this.#post(REHEARSAL)
  }

  hold(isHeld: boolean): void {
    for (const part of [this.#worker, this.#port]) isHeld ? part?.ref() : part?.unref()
    if (isHeld) this.#letOutputGoLater()
  }

  /**
   * Lines come through the channel; what is written past it would pile up. A stream that is read keeps this process alive, whatever
   * `unref` says: not before a spare is taken.
   */
  #letOutputGoLater(): void {
    const letGo = (): void => {
      this.#worker?.stdout.resume()
      this.#worker?.stderr.resume()
    }
    this.#outputTimer = setTimeout(letGo, OUTPUT_AFTER_MS)
    this.#outputTimer.unref()
  }

  abort(reason: string): void {
    this.#post({ type: 'abort', reason })
  }

  taken(chunks: number): void {
    this.#post({ type: 'taken', chunks })
  }

  terminate(): void {
    this.kill()
  }

  kill(): void {
    if (this.#worker === undefined) {
      this.#killWhenAttached = true
      return
    }
    // Not in this turn: whoever waits for the result comes first. Ending a thread and reading /proc took 1.5 ms of its time.
    setImmediate(() => this.#killNow())
  }

  #killNow(): void {
    if (this.#exited) return
    const children = this.threadId === null ? [] : childrenOfThread(this.threadId)
    this.#killThreadChildren(this.#workerId, children)
    if (children.length === 0) return this.#end()
    // Nobody else can ask for their exit codes: without the thread they would be zombies until this process ends.
    setTimeout(() => this.#end(), REAPED_AFTER_MS)
  }

  #end(): void {
    // Settles with `exit`, which is listened to; it may never settle behind a native call.
    if (!this.#exited) void this.#worker?.terminate()
  }

  async sample(): Promise<MemorySample | undefined> {
    const worker = this.#worker
    if (worker === undefined || this.#exited) return undefined
    try {
      const isWithCpu = this.#samples++ % CPU_EVERY === 0
      const [statistics, cpuMs] = await Promise.all([worker.getHeapStatistics(), isWithCpu ? cpuOf(worker) : null])
      return {
        heapMb: statistics.used_heap_size / MB,
        heapSizeLimitMb: statistics.heap_size_limit / MB,
        externalMb: statistics.external_memory / MB,
        heldMb: (statistics.total_physical_size + statistics.external_memory) / MB,
        rssMb: null,
        cpuMs,
      }
    } catch {
      // ERR_WORKER_NOT_RUNNING: its exit is on the way and tells more.
      return undefined
    }
  }

  inspect(listener: InspectorListener): Promise<InspectorWire> {
    // -1: the thread has ended, and is not found.
    return openThreadInspector(this.#worker?.threadId ?? -1, listener)
  }

  #receive(received: unknown): void {
    if (this.#exited) return
    const message = this.#inbox.take(received)
    if (message?.type === 'ready') this.threadId = message.threadId
    // What waits in the port is not even read: of a million messages that took 1.4 s, in one turn of the event loop.
    if (this.#inbox.isBroken) this.#port.removeAllListeners('message')
  }

  /** What the worker said before it ended may still be on its way: it counts, so it is taken in first. */
  #exit(exitCode: number): void {
    while (!this.#inbox.isBroken) {
      const got = receiveMessageOnPort(this.#port)
      if (got === undefined) break
      this.#receive(got.message)
    }
    this.#exited = true
    clearTimeout(this.#outputTimer)
    this.#port.close()
    this.#listener.exited(exitCode, null)
  }

  #post(message: SupervisorMessage, transferList: readonly Transferable[] = []): void {
    if (!this.#exited) this.#port.postMessage(message, [...transferList])
  }
}

/** `worker.cpuUsage` came with Node 24.6. */
const cpuOf = async (worker: Worker): Promise<number | null> => {
  if (typeof worker.cpuUsage !== 'function') return null
  const { user, system } = await worker.cpuUsage()
  return (user + system) / 1000
}

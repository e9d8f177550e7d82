import type { ResolvedHandler } from '../handler.ts'
import type { Assignment, WorkerBirth, WorkerMessage } from '../messages/messages.ts'
import type { InspectorListener, InspectorWire } from '../profile/inspector-wire.ts'
import type { Fuse, Isolation } from '../session/outcome.ts'
import type { Permissions } from './permissions.ts'

/** Memory is MB. */
export interface WorkerStart {
  /** A spare is told what to run when a task takes it; any other right after its start. */
  readonly waits: boolean
  /** Everything that the worker starts carries it as its marker. The session's id, unless the worker is older than that. */
  readonly workerId: string
  readonly handler: ResolvedHandler
  readonly environment: Readonly<Record<string, string>>
  readonly heapLimitMb: number
  /** Undefined: not restricted. Only tier `process` can. */
  readonly permissions: Permissions | undefined
  /** What a restricted worker may write to. */
  readonly artifactFolder: string | null
}

/** What a transport reports. After `notStarted` or `exited` it reports nothing more. */
export interface WorkerListener {
  message(message: WorkerMessage): void
  /** The channel to the worker can no longer be trusted. */
  broken(reason: string): void
  /** The worker died of this; `exited` follows. */
  crashed(error: unknown): void
  /** There is no worker after all. */
  notStarted(error: unknown): void
  /** `lastWords`: what it wrote to its stderr last, past its channel. */
  exited(exitCode: number | null, signal: string | null, lastWords?: string): void
}

/** Memory is MB, time is milliseconds; null where the tier cannot tell from outside. */
export interface MemorySample {
  readonly heapMb: number | null
  /** V8's own limit, which is not always the one that was asked for. */
  readonly heapSizeLimitMb: number | null
  readonly externalMb: number | null
  /** What heap and external memory together hold of the machine, garbage included. */
  readonly heldMb: number | null
  /** Resident size of a worker that is a process of its own. */
  readonly rssMb: number | null
  readonly cpuMs: number | null
}

/** One worker of one session, from its birth to its end. */
export interface WorkerHandle {
  readonly fuse: Fuse
  /** Of a worker that is a process of its own and leads a group. */
  readonly pid: number | undefined
  /** The operating system's number of a worker that is a thread; null until it has said so, and where there is no /proc. */
  readonly threadId: number | null
  /**
   * Called once, also before it is ready: the assignment waits in the channel then.
   * @throws DataCloneError when input or checkpoint cannot be cloned; no other method throws.
   */
  run(assignment: Assignment, transferList: readonly Transferable[]): void
  abort(reason: string): void
  /** The reader of its stream has taken so many chunks, all together. */
  taken(chunks: number): void
  /** Ends the worker: `terminate()` for a thread, SIGTERM to the group of a process. */
  terminate(): void
  /** Ends it without asking, and what may hold it: a thread's child processes, SIGKILL to the group of a process. */
  kill(): void
  /** Whether it keeps this process alive, as it does from its birth on. */
  hold(isHeld: boolean): void
  /** Reads the worker's memory from outside, also while it spins; undefined when it cannot tell. */
  sample(): Promise<MemorySample | undefined>
  /**
   * Reaches its inspector, also while it spins; left out by a tier that has nothing to reach.
   * @throws ProfileError `PROFILE_UNSUPPORTED`, `PROFILE_NO_ANSWER`, `PROFILE_NO_WORKER`
   */
  inspect?(listener: InspectorListener): Promise<InspectorWire>
}

export type Transferable = import('node:worker_threads').Transferable

/** One isolation tier. */
export interface Transport {
  readonly isolation: Isolation
  /** Of a worker that is born already; any other is born with its session's id. */
  readonly workerId?: string
  /** False where a limit cannot be enforced. */
  readonly enforced: boolean
  /** @throws whatever starting a worker throws; nothing was started then. */
  start(start: WorkerStart, listener: WorkerListener): WorkerHandle
}

export const birthOf = (brand: WorkerBirth['brand'], start: WorkerStart): WorkerBirth => ({
  brand,
  waits: start.waits,
  workerId: start.workerId,
  moduleUrl: start.handler.url,
  exportName: start.handler.exportName,
})

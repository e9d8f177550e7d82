import type { ResolvedHandler } from '../handler.ts'
import type { WorkerMessage } from '../messages/messages.ts'
import type { Fuse, Isolation } from '../session/outcome.ts'

export interface WorkerStart {
  readonly sessionId: string
  readonly handler: ResolvedHandler
  readonly environment: Readonly<Record<string, string>>
  readonly heapLimitMb: number
  readonly artifactFolder: string | null
  readonly attempt: number
  readonly lastCheckpoint: unknown
}

/** What a transport reports. After `exited` it reports nothing more. */
export interface WorkerListener {
  message(message: WorkerMessage): void
  /** The channel to the worker can no longer be trusted. */
  broken(reason: string): void
  /** The worker died of this; `exited` follows. */
  crashed(error: unknown): void
  exited(exitCode: number | null, signal: string | null): void
}

export interface MemorySample {
  readonly heapMb: number
  readonly externalMb: number
  readonly cpuMs: number | null
}

/** One worker of one session, from its birth to its end. */
export interface WorkerHandle {
  readonly fuse: Fuse
  /** @throws DataCloneError when the input cannot be cloned; no other method throws. */
  run(input: unknown, transferList: readonly Transferable[]): void
  abort(reason: string): void
  /** Ends the worker: `terminate()` for a thread. */
  terminate(): void
  /** Ends what may hold the worker: the child processes of its thread. */
  killChildren(): void
  /** Reads the worker's memory from outside, also while it spins; undefined when it cannot tell. */
  sample(): Promise<MemorySample | undefined>
}

export type Transferable = import('node:worker_threads').Transferable

/** One isolation tier. */
export interface Transport {
  readonly isolation: Isolation
  /** False where a limit cannot be enforced. */
  readonly enforced: boolean
  /** @throws whatever starting a worker throws; nothing was started then. */
  start(start: WorkerStart, listener: WorkerListener): WorkerHandle
}

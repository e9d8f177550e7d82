import type { Verdict } from '../session/verdict.ts'
import type { MemorySample } from '../tiers/transport.ts'

/** A worker whose memory is read from outside. Memory is MB. */
export interface GuardedWorker {
  /** The operating system's number of a worker that is a thread; null until it has said so, and of any other. */
  readonly workerThreadId: number | null
  /** Of a worker that is a process of its own. */
  readonly workerPid: number | undefined
  readonly limits: { readonly heapLimitMb: number; readonly externalLimitMb: number }
  /** Undefined when there is no worker to read. */
  sample(): Promise<MemorySample | undefined> | undefined
  observe(sample: MemorySample): void
  /** It has to go, at once. */
  exceed(verdict: Verdict): void
}

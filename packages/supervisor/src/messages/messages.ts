import type { EncodedError } from './error-codec.ts'

/** Everything that crosses between a supervisor and a worker stands here. */
export const BRAND = 'mayfly/1'

export interface ArtifactReference {
  readonly name: string
  /** Absolute. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** Hexadecimal. */
  readonly sha256: string
}

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly source: 'log' | 'stdout' | 'stderr'
  readonly text: string
}

export interface Usage {
  readonly heapMb: number
  readonly externalMb: number
  readonly cpuMs: number | null
}

export type WorkerMessage =
  | { readonly type: 'ready'; readonly threadId: number | null; readonly heapSizeLimitMb: number }
  | { readonly type: 'progress'; readonly value: unknown }
  | { readonly type: 'heartbeat' }
  | { readonly type: 'log'; readonly line: LogLine }
  | { readonly type: 'checkpoint'; readonly value: unknown }
  | { readonly type: 'artifact'; readonly artifact: ArtifactReference }
  | { readonly type: 'child'; readonly pid: number }
  | { readonly type: 'childExit'; readonly pid: number }
  | {
      readonly type: 'result'
      readonly value: unknown
      /** About how much the value takes. */
      readonly bytes: number
      readonly usage: Usage
      readonly droppedLogLines: number
    }
  | {
      readonly type: 'failure'
      readonly at: 'import' | 'task' | 'uncaught'
      readonly error: EncodedError
      readonly usage: Usage
      readonly droppedLogLines: number
    }

export type SupervisorMessage =
  | { readonly type: 'run'; readonly input: unknown }
  | { readonly type: 'abort'; readonly reason: string }
  /** The supervisor has taken in every message up to this one. */
  | { readonly type: 'acknowledge'; readonly sequence: number }

export type Envelope<Message> = Message & { readonly brand: typeof BRAND; readonly sequence: number }

/** What the worker's bootstrap is born with; it takes it out of `workerData` before any task code runs. */
export interface WorkerBirth {
  readonly brand: typeof BRAND
  readonly port: import('node:worker_threads').MessagePort
  readonly sessionId: string
  readonly moduleUrl: string
  readonly exportName: string
  readonly artifactFolder: string | null
  readonly attempt: number
  readonly lastCheckpoint: unknown
}

/** Messages that may be left out or merged when the supervisor is behind; every other one always gets through. */
export const isDroppable = (message: WorkerMessage): boolean =>
  message.type === 'progress' || message.type === 'log' || message.type === 'heartbeat'

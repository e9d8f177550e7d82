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
  | { readonly type: 'ready'; readonly threadId: number | null }
  /** What a process says of itself now and then: nobody can read its heap from outside. */
  | { readonly type: 'usage'; readonly usage: Usage }
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

/** What a worker is told of the session that it is to run; until then it may have waited as a spare. */
export interface Assignment {
  readonly sessionId: string
  readonly input: unknown
  readonly artifactFolder: string | null
  readonly attempt: number
  readonly lastCheckpoint: unknown
}

export type SupervisorMessage =
  | { readonly type: 'run'; readonly assignment: Assignment }
  | { readonly type: 'abort'; readonly reason: string }
  /** The supervisor has taken in every message up to this one; sent when one asks for it. */
  | { readonly type: 'acknowledge'; readonly sequence: number }

export type Envelope<Message> = Message & {
  readonly brand: typeof BRAND
  /** 1, 2, 3, … without a gap. */
  readonly sequence: number
  readonly acknowledge: boolean
}

/** What a worker is born with. */
export interface WorkerBirth {
  readonly brand: typeof BRAND
  /** A spare waits for its assignment; any other finds it in its channel at once. */
  readonly waits: boolean
  readonly workerId: string
  readonly moduleUrl: string
  readonly exportName: string
}

/** Messages that a task may send in a loop: they wait, or are left out, when the supervisor is behind. Any other gets through. */
export const isCounted = ({ type }: WorkerMessage): boolean => counted.has(type)

const counted: ReadonlySet<WorkerMessage['type']> = new Set(['progress', 'checkpoint', 'log', 'heartbeat', 'usage'])

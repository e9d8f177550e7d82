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

/** How a result was written that was too large for the channel. `clone` is V8's structured clone (`v8.deserialize`). */
export type ResultFormat = 'bytes' | 'text' | 'json' | 'clone'

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
  /** Of a stream; only as many as were granted. */
  | { readonly type: 'chunk'; readonly value: unknown }
  | { readonly type: 'artifact'; readonly artifact: ArtifactReference }
  | { readonly type: 'child'; readonly pid: number }
  | { readonly type: 'childExit'; readonly pid: number }
  | {
      readonly type: 'result'
      /** About how much the value takes. */
      readonly bytes: number
      readonly value?: unknown
      /** The value stands in this artifact instead. */
      readonly file?: { readonly artifact: ArtifactReference; readonly format: ResultFormat }
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

/**
 * What a worker is told of the session that it is to run; until then it may have waited as a spare. What is undefined is left out, here and in
 * a result: JSON knows no such value.
 */
export interface Assignment {
  readonly sessionId: string
  readonly artifactFolder: string | null
  readonly attempt: number
  /** Whether anybody reads the chunks of a stream. */
  readonly isStreamed: boolean
  /** A larger result is written to an artifact. */
  readonly resultLimitMb: number
  readonly input?: unknown
  readonly lastCheckpoint?: unknown
}

export type SupervisorMessage =
  | { readonly type: 'run'; readonly assignment: Assignment }
  /** What a spare is told first: it goes the way that its task will go. */
  | { readonly type: 'rehearse'; readonly assignment: Assignment }
  | { readonly type: 'abort'; readonly reason: string }
  /** The supervisor has taken in every message up to this one; sent when one asks for it. */
  | { readonly type: 'acknowledge'; readonly sequence: number }
  /** The reader of a stream has taken so many chunks, all together. */
  | { readonly type: 'taken'; readonly chunks: number }

/** In the order of a real one, so that V8 has made its shape when that comes. */
export const REHEARSAL: SupervisorMessage = {
  type: 'rehearse',
  assignment: {
    sessionId: 'rehearsal',
    artifactFolder: null,
    attempt: 1,
    isStreamed: false,
    resultLimitMb: 1,
    input: null,
  },
}

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

/**
 * What may be on its way at once, sent and not acknowledged: a flood costs the supervisor no more than that. A worker that keeps to it
 * waits, or leaves out; one that goes beyond it has got hold of the channel itself.
 */
export const WINDOW: { readonly messages: number; readonly bytes: number } = { messages: 256, bytes: 1024 * 1024 }

/** The same for the chunks of a stream, which wait for their reader. A single one may be larger. */
export const CHUNK_WINDOW: { readonly chunks: number; readonly bytes: number } = { chunks: 64, bytes: 1024 * 1024 }

/** Messages that keep to the window. Any other is said once, or to keep the window going, and gets through. */
export const isCounted = ({ type }: WorkerMessage): boolean => counted.has(type)

const counted: ReadonlySet<WorkerMessage['type']> = new Set([
  ...(['progress', 'checkpoint', 'log', 'heartbeat', 'usage', 'chunk', 'artifact', 'child', 'childExit'] as const),
])

/** Of the counted ones those of which none may be lost: their sender waits for room. */
export const mustArrive = ({ type }: WorkerMessage): boolean => neverDropped.has(type)

const neverDropped: ReadonlySet<WorkerMessage['type']> = new Set([
  'checkpoint',
  'chunk',
  'artifact',
  'child',
  'childExit',
])

import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { WORKER_MARKER, workerMark } from '../children/worker-marker.ts'
import type { ArtifactReference, LogLine, WorkerMessage } from '../messages/messages.ts'
import type { Transferable } from '../tiers/transport.ts'
import { type ArtifactContent, writeArtifact } from './artifact-writer.ts'
import type { ChunkSender, WriteOptions } from './chunk-sender.ts'
import { assertValueFits } from './value-limits.ts'

/** A task's side of a session: the same object in place and in a worker. */
export interface TaskContext {
  readonly sessionId: string
  /** 1 for the first attempt. */
  readonly attempt: number
  /** What the previous attempt saved with `checkpoint`, or undefined. */
  readonly lastCheckpoint: unknown
  /** Aborts when the task should end; after `graceMs` it is ended by force. */
  readonly signal: AbortSignal
  /**
   * Only the latest value is kept when the supervisor is behind. Counts as a heartbeat.
   * @throws ValueTooLargeError `VALUE_TOO_LARGE` above 1 MB
   */
  progress(value: unknown): void
  heartbeat(): void
  /** A line for the log; left out, and counted, when the supervisor is behind. */
  log(message: string): void
  /**
   * Saves a value for the next attempt. Counts as a heartbeat. None is lost, whatever ends the task afterwards: when the
   * supervisor is behind, the call waits for it.
   * @throws ValueTooLargeError `VALUE_TOO_LARGE` above 16 MB
   */
  checkpoint(value: unknown): void
  /**
   * Writes a chunk of the task's stream, in the order of the calls; the same as a `yield` of a handler that is a generator. Resolves when
   * the next may be written, so await it: as long as the reader is behind, it waits. The chunk must not be changed before. Counts as a
   * heartbeat; waiting for the reader is not counted as silence.
   * @throws StreamError `STREAM_NOT_READ` under `run()` and `submit()`, `STREAM_NOT_AWAITED` with 10,000 calls waiting
   * @throws ValueTooLargeError `VALUE_TOO_LARGE` above 16 MB
   * @throws NotCloneableError `CHUNK_NOT_CLONEABLE`, with the `path` of what cannot be
   * @throws the signal's reason, when it would have to wait and the task has been told to end
   */
  write(chunk: unknown, options?: WriteOptions): Promise<void>
  /**
   * Starts a child process that is dead when the session ends. It leads a process group of its own.
   * @throws TypeError when a shell is asked for.
   */
  spawn(command: string, args?: readonly string[], options?: SpawnOptions): ChildProcess
  /**
   * Writes a file to the session's artifact folder, whole or not at all. Content that comes in pieces is written as it comes, and
   * an error of its source is passed on.
   * @throws ArtifactError `ARTIFACT_NAME_INVALID`, `ARTIFACT_FOLDER_MISSING`
   */
  artifact(name: string, content: ArtifactContent): Promise<ArtifactReference>
}

export interface TaskContextOptions {
  readonly sessionId: string
  readonly workerId: string
  readonly attempt: number
  readonly lastCheckpoint?: unknown
  readonly artifactFolder: string | null
  readonly signal: AbortSignal
  readonly chunks: ChunkSender
  /** `bytes`: about how much the message takes. */
  readonly send: (message: WorkerMessage, bytes?: number, transfer?: readonly Transferable[]) => void
}

export const createTaskContext = (options: TaskContextOptions): TaskContext => {
  const { sessionId, attempt, lastCheckpoint, artifactFolder, signal, chunks, send } = options
  return {
    sessionId,
    attempt,
    lastCheckpoint,
    signal,
    progress: (value) => {
      const bytes = assertValueFits('progress', value)
      send({ type: 'progress', value }, bytes)
    },
    heartbeat: () => send({ type: 'heartbeat' }),
    log: (message) => {
      const line = logLine('log', message)
      send({ type: 'log', line }, line.text.length)
    },
    checkpoint: (value) => {
      const bytes = assertValueFits('checkpoint', value)
      send({ type: 'checkpoint', value }, bytes)
    },
    write: (chunk, writeOptions) => chunks.write(chunk, writeOptions),
    spawn: (command, args = [], spawnOptions = {}) => spawnRegistered(options, command, args, spawnOptions),
    async artifact(name, content) {
      const artifact = await writeArtifact(artifactFolder, name, content)
      send({ type: 'artifact', artifact })
      return artifact
    },
  }
}

const LONGEST_LINE = 16 * 1024

export const logLine = (source: LogLine['source'], message: string): LogLine => {
  const text = String(message)
  return { at: Date.now(), source, text: text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text }
}

const spawnRegistered = (
  { workerId, send, signal }: TaskContextOptions,
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess => {
  if (options.shell !== undefined && options.shell !== false) {
    throw new TypeError('context.spawn() takes a program and its arguments, not a shell command; leave out `shell`.')
  }
  signal.throwIfAborted()
  const env = { ...(options.env ?? process.env), [WORKER_MARKER]: workerMark(workerId) }
  const { spawn } = process.getBuiltinModule('node:child_process')
  const child = spawn(command, [...args], { ...options, shell: false, detached: true, env })
  const { pid } = child
  if (pid !== undefined) {
    send({ type: 'child', pid })
    child.once('exit', () => send({ type: 'childExit', pid }))
  }
  return child
}

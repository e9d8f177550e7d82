import { setTimeout as delay } from 'node:timers/promises'
import type { MemorySample } from '../tiers/transport.ts'
import { takeCpuProfile } from './cpu-profile.ts'
import { takeHeapSnapshot } from './heap-snapshot.ts'
import { InspectorClient } from './inspector-client.ts'
import type { InspectorListener, InspectorWire } from './inspector-wire.ts'
import { ProfileError } from './profile-error.ts'
import { ProfileFile } from './profile-file.ts'

/** One running session, as far as a profile is concerned. */
export interface ProfiledSession {
  readonly id: string
  readonly state: string
  /** Undefined when it has no worker. */
  inspect(listener: InspectorListener): Promise<InspectorWire> | undefined
  sample(): Promise<MemorySample | undefined> | undefined
}

export interface ProfileOptions {
  /** Gives it up. */
  readonly signal?: AbortSignal
}

export interface CpuProfileOptions extends ProfileOptions {
  /** How long the worker is looked at, milliseconds, up to ten minutes. @default 5000 */
  readonly durationMs?: number
}

export interface HeapSnapshotOptions extends ProfileOptions {
  /** How long it may take, milliseconds, up to ten minutes. The task stands still meanwhile. @default 600000 */
  readonly timeoutMs?: number
}

/** A profile that was written. */
export interface WrittenProfile {
  readonly sessionId: string
  readonly kind: 'cpu' | 'heap'
  /** Absolute. */
  readonly path: string
  /** Bytes. */
  readonly size: number
}

export interface ProfilerParts {
  /** While a snapshot is made the worker holds memory that is not its task's; returns what ends that. */
  readonly excuse: (sessionId: string) => () => void
  /** MB that the machine has left. */
  readonly availableMb: () => number
}

/** How long a worker may take to say how large it is. */
const SAMPLE_WITHIN_MS = 1000

const profileDefaults = { durationMs: 5000, timeoutMs: 600_000 } as const

/** V8's graph of the heap, and the pages of the file on their way to the disk. */
const SNAPSHOT_TAKES = 2

/** Makes profiles of running workers, one of each at a time. */
export class Profiler {
  readonly #parts: ProfilerParts
  readonly #busy: Set<string> = new Set()

  constructor(parts: ProfilerParts) {
    this.#parts = parts
  }

  captureCpuProfile(session: ProfiledSession, path: string, options: CpuProfileOptions): Promise<WrittenProfile> {
    const { durationMs = profileDefaults.durationMs, signal } = options
    return this.#write(session, 'cpu', path, async (client, file) =>
      file.write(await takeCpuProfile(client, { durationMs, signal })),
    )
  }

  takeHeapSnapshot(session: ProfiledSession, path: string, options: HeapSnapshotOptions): Promise<WrittenProfile> {
    const { timeoutMs = profileDefaults.timeoutMs, signal } = options
    return this.#write(session, 'heap', path, async (client, file) => {
      await this.#assertMemory(session)
      const endExcuse = this.#parts.excuse(session.id)
      try {
        await takeHeapSnapshot(client, { draft: file.draft, timeoutMs, signal })
      } finally {
        endExcuse()
      }
    })
  }

  async #write(
    session: ProfiledSession,
    kind: WrittenProfile['kind'],
    path: string,
    make: (client: InspectorClient, file: ProfileFile) => Promise<void>,
  ): Promise<WrittenProfile> {
    if (this.#busy.has(session.id)) throw busy(session.id)
    this.#busy.add(session.id)
    try {
      return await withFile(path, async (file) => {
        await withClient(session, (client) => make(client, file))
        return { sessionId: session.id, kind, path: file.path, size: await file.commit() }
      })
    } catch (error) {
      throw isOver(session)
        ? new ProfileError('PROFILE_NO_WORKER', endedMeanwhile(session.id), { cause: error })
        : error
    } finally {
      this.#busy.delete(session.id)
    }
  }

  async #assertMemory(session: ProfiledSession): Promise<void> {
    // One in a native call does not say how large it is, nor will it make a snapshot.
    const sample = await Promise.race([session.sample(), delay(SAMPLE_WITHIN_MS, undefined, { ref: false })])
    const usedMb = sample?.rssMb ?? sample?.heapMb ?? 0
    const availableMb = this.#parts.availableMb()
    if (usedMb * SNAPSHOT_TAKES <= availableMb) return
    throw new ProfileError(
      'PROFILE_NO_MEMORY',
      `A heap snapshot of ${session.id} may take ${Math.ceil(usedMb * SNAPSHOT_TAKES)} MB, and the machine has ${Math.floor(availableMb)} MB left.`,
    )
  }
}

const withFile = async <Value>(path: string, use: (file: ProfileFile) => Promise<Value>): Promise<Value> => {
  const file = await ProfileFile.create(path)
  try {
    return await use(file)
  } finally {
    await file.dispose()
  }
}

const withClient = async (session: ProfiledSession, use: (client: InspectorClient) => Promise<void>): Promise<void> => {
  const connect = (listener: InspectorListener): Promise<InspectorWire> =>
    session.inspect(listener) ?? Promise.reject(noWorker(session.id))
  const client = await InspectorClient.open(connect)
  try {
    await use(client)
  } finally {
    client.close()
  }
}

/** What a worker that is being ended says, or does not say, tells of nothing else. */
const isOver = ({ state }: ProfiledSession): boolean => state === 'stopping' || state === 'ended'

const endedMeanwhile = (sessionId: string): string => `Session ${sessionId} ended before its profile was made.`

const busy = (sessionId: string): ProfileError =>
  new ProfileError('PROFILE_BUSY', `Another profile of ${sessionId} is being made; wait for it.`)

export const noWorker = (sessionId: string): ProfileError =>
  new ProfileError('PROFILE_NO_WORKER', `Session ${sessionId} has no worker: it waits to be started, or has ended.`)

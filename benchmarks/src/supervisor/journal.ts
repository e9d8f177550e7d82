import { join } from 'node:path'
import { openRunStore, type SessionRecord } from '@mayfly/run-store'
import type { SessionJournal } from '@mayfly/supervisor'
import { makeScratch } from '../common/scratch.ts'

export interface StoredJournal extends AsyncDisposable {
  readonly journal: SessionJournal
}

/** What the orchestrator does: a row in SQLite before anything of a session runs. */
export const openJournal = async (): Promise<StoredJournal> => {
  const scratch = await makeScratch()
  const store = await openRunStore({ path: join(scratch.folder, 'mayfly.db') })
  return {
    journal: {
      queued: ({ metadata: _metadata, ...session }) => store.saveSession({ ...unknownYet, ...session }),
    },
    async [Symbol.asyncDispose]() {
      await store.close()
      await scratch[Symbol.asyncDispose]()
    },
  }
}

const unknownYet: Omit<SessionRecord, 'sessionId' | 'attempt' | 'isolation' | 'heapLimitMb' | 'createdAt'> = {
  runId: null,
  step: null,
  status: 'queued',
  cause: null,
  phase: null,
  exitCode: null,
  signal: null,
  peakHeapMb: null,
  peakExternalMb: null,
  peakRssMb: null,
  cpuMs: null,
  queuedMs: null,
  startedInMs: null,
  ranMs: null,
  stoppedInMs: null,
  enforced: null,
  fuse: null,
  endedAt: null,
}

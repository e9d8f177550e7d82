import { join } from 'node:path'
import { NO_FIGURES_YET, openRunStore } from '@mayfly/run-store'
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
      queued: ({ metadata: _metadata, ...session }) =>
        store.saveSession({ ...NO_FIGURES_YET, runId: null, step: null, status: 'queued', ...session }),
    },
    async [Symbol.asyncDispose]() {
      await store.close()
      await scratch[Symbol.asyncDispose]()
    },
  }
}

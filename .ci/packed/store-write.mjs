import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openRunStore } from '@mayfly/run-store'

const newRun = { runId: 'packed-run', prompt: 'Fix the typo', cwd: '/' }

const inStore = async (path, use) => {
  const store = await openRunStore({ path })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

test('a run is written to a store and read back by the next one who opens it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-packed-'))
  const path = join(folder, 'runs.db')
  try {
    await inStore(path, (store) => store.createRun(newRun))
    const { runId, prompt, cwd } = await inStore(path, (store) => store.getRun(newRun.runId))
    assert.deepEqual({ runId, prompt, cwd }, newRun)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

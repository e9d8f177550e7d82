import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentSupervisor } from '@mayfly/supervisor'

const handler = { module: new URL('tasks.mjs', import.meta.url).href, export: 'describeThread' }

test('a task runs in a thread and gives its value back', async () => {
  const supervisor = new AgentSupervisor()
  try {
    assert.deepEqual(await supervisor.run({ handler, input: 41 }), { input: 41, isMainThread: false })
  } finally {
    await supervisor.close()
  }
})

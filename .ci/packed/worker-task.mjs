import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentSupervisor } from '@mayfly/supervisor'

const handler = { module: new URL('tasks.mjs', import.meta.url).href, export: 'describeThread' }

for (const isolation of ['thread', 'process'])
  test(`a task runs in a ${isolation} and gives its value back`, async () => {
    const supervisor = new AgentSupervisor({ isolation })
    try {
      const { result, outcome } = supervisor.submit({ handler, input: 41 })
      assert.deepEqual(await result, { input: 41, isMainThread: isolation === 'process' })
      assert.equal((await outcome).isolation, isolation)
    } finally {
      await supervisor.close()
    }
  })

test('a worker process keeps to its permissions', async () => {
  const supervisor = new AgentSupervisor({ isolation: 'process' })
  const reading = { handler: { ...handler, export: 'readPassword' } }
  try {
    assert.equal(await supervisor.run(reading), 'read')
    assert.equal(await supervisor.run(reading, { permissions: {} }), 'ERR_ACCESS_DENIED')
  } finally {
    await supervisor.close()
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentSupervisor } from '@mayfly/supervisor'

const module = new URL('tasks.mjs', import.meta.url).href

test('a task that fills its heap is ended, and the process goes on', async () => {
  const supervisor = new AgentSupervisor()
  try {
    const bomb = supervisor.submit({ handler: { module, export: 'fillMap' } }, { heapLimitMb: 128 })
    const { status, cause } = await bomb.outcome
    assert.deepEqual({ status, cause }, { status: 'failed', cause: 'heap_soft' })
    const next = await supervisor.run({ handler: { module, export: 'describeThread' }, input: 'next' })
    assert.equal(next.input, 'next')
  } finally {
    await supervisor.close()
  }
})

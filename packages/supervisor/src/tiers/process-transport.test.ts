import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { AgentSupervisor } from '../agent-supervisor.ts'
import type { Task } from '../options.ts'

/* What a task that gets at its channel can do with it: end its own session, and nothing else. */

const run = promisify(execFile)

const task = (file: string, name: string, input?: unknown): Task => ({
  handler: { module: new URL(`../fixtures/${file}.ts`, import.meta.url).href, export: name },
  input,
})

const createSupervisor = (): AgentSupervisor => new AgentSupervisor({ isolation: 'process', heapLimitMb: 128 })

let supervisor = createSupervisor()

afterEach(async () => {
  await supervisor.destroy()
  supervisor = createSupervisor()
})

test('a flood of requests for acknowledgements that nobody reads ends the session', async () => {
  const { outcome } = supervisor.submit(task('forged', 'askForAcknowledgements'))
  expect(await outcome).toMatchObject({ status: 'failed', cause: 'protocol' })
})

test('nothing of a session that has ended keeps the host alive', async () => {
  const program = fileURLToPath(new URL('../fixtures/after-close.ts', import.meta.url))
  const { stdout } = await run(process.execPath, ['--conditions=@mayfly/source', program])
  expect(stdout).toBe('[]')
})

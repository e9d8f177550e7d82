import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { AgentSupervisor } from '../agent-supervisor.ts'
import type { SupervisorOptions } from '../options.ts'

/* What is about the supervisor; what a task finds in its worker is in `conformance/cases/spares.ts`. */

const fixture = (name: string): string => new URL(`../fixtures/${name}`, import.meta.url).href
const add = { module: fixture('tasks.ts'), export: 'add' }

const supervisors: AgentSupervisor[] = []
const lines: string[] = []

const createSupervisor = (options: SupervisorOptions = {}): AgentSupervisor => {
  const log = (line: string): void => void lines.push(line)
  const supervisor = new AgentSupervisor({ heapLimitMb: 256, log, ...options })
  supervisors.push(supervisor)
  return supervisor
}

afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.destroy()))
  lines.length = 0
})

describe.each(['thread', 'process'] as const)('spares of tier %s', (isolation) => {
  test('are counted', async () => {
    const supervisor = createSupervisor()
    await supervisor.prepare(add, { spares: 2, isolation })
    expect(supervisor.getMetrics().spares).toMatchObject({ wanted: 2, ready: 2, warming: 0, taken: 0 })
    expect(supervisor.getMetrics()).toMatchObject({ activeWorkers: 0 })
    await supervisor.run({ handler: add, input: [1, 2] }, { isolation })
    expect(supervisor.getMetrics().spares).toMatchObject({ wanted: 2, taken: 1 })
    await supervisor.prepare(add, { spares: 0, isolation })
    expect(supervisor.getMetrics().spares).toMatchObject({ wanted: 0, ready: 0, warming: 0 })
  })

  test('of a module that cannot be imported are refused; its tasks have their own error', async () => {
    const supervisor = createSupervisor()
    const handler = { module: fixture('throwing-import.ts') }
    await expect(supervisor.prepare(handler, { isolation })).rejects.toMatchObject({
      code: 'SPARE_FAILED',
      cause: { code: 'NOT_TODAY' },
    })
    await expect(supervisor.run({ handler }, { isolation })).rejects.toMatchObject({ code: 'TASK_FAILED' })
  })

  test('give their memory to a task that has no other', async () => {
    const supervisor = createSupervisor({ memoryBudgetMb: 1000, isolation })
    await supervisor.prepare(add, { spares: 2 })
    const limits = { heapLimitMb: 900, externalLimitMb: 95 }
    expect(await supervisor.run({ handler: add, input: [1, 2] }, limits)).toBe(3)
    expect(lines).toContain('2 spare workers are given up: a task waits for memory')
    expect(supervisor.getMetrics().spares).toMatchObject({ ready: 0, warming: 0 })
  })

  test('do not keep their process from ending', async () => {
    const program = `
      import(${JSON.stringify(new URL('../index.ts', import.meta.url).href)}).then(async ({ AgentSupervisor }) => {
        const supervisor = new AgentSupervisor({ heapLimitMb: 256 })
        await supervisor.prepare(${JSON.stringify(add)}, { spares: 2, isolation: ${JSON.stringify(isolation)} })
        process.stdout.write(JSON.stringify(supervisor.getMetrics().spares.ready))
      })`
    const node = spawn(process.execPath, ['--conditions=@mayfly/source', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 20_000,
    })
    const [[exitCode], said] = await Promise.all([once(node, 'close'), text(node.stdout)])
    expect({ said, exitCode }).toEqual({ said: '2', exitCode: 0 })
  })
})

test('a supervisor that is told how many keeps them for each handler that has run', async () => {
  const supervisor = createSupervisor({ spares: 1 })
  await supervisor.run({ handler: add, input: [1, 2] })
  expect(supervisor.getMetrics().spares).toMatchObject({ wanted: 1, taken: 0 })
  await supervisor.prepare(add)
  await supervisor.run({ handler: add, input: [1, 2] })
  expect(supervisor.getMetrics().spares).toMatchObject({ wanted: 1, taken: 1 })
})

test('a closed supervisor keeps none', async () => {
  const supervisor = createSupervisor()
  const prepared = supervisor.prepare(add, { spares: 3 })
  const refused = expect(prepared).rejects.toMatchObject({ code: 'SPARE_FAILED' })
  await supervisor.close()
  await refused
  await expect(supervisor.prepare(add)).rejects.toMatchObject({ code: 'SUPERVISOR_CLOSED' })
  expect(supervisor.getMetrics().spares).toEqual({ wanted: 0, ready: 0, warming: 0, heldMb: 0, taken: 0 })
})

test('more than 64 are refused', async () => {
  await expect(createSupervisor().prepare(add, { spares: 65 })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
})

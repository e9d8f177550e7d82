import { afterAll, describe, expect, test } from 'vitest'
import { AgentSupervisor } from '../agent-supervisor.ts'
import type { Task } from '../options.ts'
import { Escalation } from './escalation.ts'

const fixture = (file: string): string => new URL(`../fixtures/${file}`, import.meta.url).href
const failing = (name: string, input?: unknown): Task => ({
  handler: { module: fixture('failures.ts'), export: name },
  input,
})
const adding: Task = { handler: { module: fixture('tasks.ts'), export: 'add' }, input: [1, 2] }

const lines: string[] = []
const supervisor = new AgentSupervisor({ maxWorkers: 1, isolation: 'auto', log: (line) => lines.push(line) })

afterAll(() => supervisor.close())

describe('isolation auto', () => {
  test('runs in a thread, until a task of the same handler has died in one', async () => {
    const first = supervisor.submit(failing('exitWith', 7))
    // It waits for the first one, so what that one teaches is known when it starts.
    const second = supervisor.submit(failing('exitWith', 7))
    const other = supervisor.submit(adding)
    expect(await first.outcome).toMatchObject({ isolation: 'thread', cause: 'exit', exitCode: 7 })
    expect(await second.outcome).toMatchObject({ isolation: 'process', cause: 'exit', exitCode: 7 })
    expect(await other.outcome).toMatchObject({ isolation: 'thread', cause: 'result' })
    expect(supervisor.getMetrics().escalatedHandlers).toEqual([`${fixture('failures.ts')}#exitWith`])
    expect(lines.filter((line) => line.includes("'auto' runs the next ones in a process"))).toHaveLength(1)
  })

  test('is not impressed by an error that a task throws', async () => {
    await supervisor.submit(failing('throwUndefined')).outcome
    expect(await supervisor.submit(failing('throwUndefined')).outcome).toMatchObject({
      isolation: 'thread',
      cause: 'error',
    })
  })

  test('leaves a thread a thread where that was asked for', async () => {
    const { outcome } = supervisor.submit(failing('exitWith', 7), { isolation: 'thread' })
    expect(await outcome).toMatchObject({ isolation: 'thread' })
  })
})

test('does not remember handlers without end', async () => {
  const outcome = await supervisor.submit(failing('exitWith', 7), { isolation: 'thread' }).outcome
  const escalation = new Escalation()
  for (let index = 0; index < 1500; index++) escalation.learn({ url: `file:///${index}`, exportName: 'x' }, outcome)
  expect(escalation.handlers).toHaveLength(1000)
  expect(escalation.needsProcess({ url: 'file:///1499', exportName: 'x' })).toBe(true)
  expect(escalation.needsProcess({ url: 'file:///0', exportName: 'x' })).toBe(false)
})

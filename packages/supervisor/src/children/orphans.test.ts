import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { AgentSupervisor } from '../agent-supervisor.ts'
import type { Kind } from '../fixtures/orphans.ts'
import { guardiansOf, isAlive, untilDead } from '../fixtures/processes.ts'

/* Whole supervisors in processes of their own, and what is left when such a process has gone. */

const driver = fileURLToPath(new URL('../fixtures/guarded.ts', import.meta.url))
const orphans = new URL('../fixtures/orphans.ts', import.meta.url).href

type Tier = 'thread' | 'process'

type Ending = 'stay' | 'exit' | 'close' | 'count' | 'finish'

interface Driver {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>
  readonly pid: number
  /** What its tasks have started. */
  readonly started: readonly number[]
  readonly guardian: number
}

const left: number[] = []

// Only what a failed test has left.
afterEach(() => {
  for (const pid of left.splice(0).filter(isAlive)) process.kill(pid, 'SIGKILL')
})

const start = (ending: Ending, kinds: readonly Kind[], isolation: Tier = 'thread'): Driver['process'] => {
  const child = spawn(process.execPath, ['--conditions=@mayfly/source', '--no-warnings', driver, ending, ...kinds], {
    env: { ...process.env, ISOLATION: isolation },
  })
  left.push(Number(child.pid))
  return child
}

const run = async (
  ending: Ending,
  kinds: readonly Kind[],
  { isolation = 'thread', processes = kinds.length }: { isolation?: Tier; processes?: number } = {},
): Promise<Driver> => {
  const child = start(ending, kinds, isolation)
  const started: number[] = []
  for await (const line of createInterface(child.stdout)) {
    if (started.push(Number(line)) === processes) break
  }
  const pid = Number(child.pid)
  const [guardian = 0] = guardiansOf(pid)
  left.push(...started, guardian)
  expect([...started, guardian].every(isAlive)).toBe(true)
  return { process: child, pid, started, guardian }
}

const startedByTasks: readonly Kind[] = [
  'registered',
  'registered, without a marker',
  'detached',
  'daemon',
  'deaf to signals',
  'spinning',
  'in a native call',
]

describe.each<Tier>(['thread', 'process'])('when the process of a supervisor of a %s is killed', (isolation) => {
  test.each(startedByTasks)('its guardian ends itself and a child that is %s', async (kind) => {
    const { pid, started, guardian } = await run('stay', [kind], { isolation })
    process.kill(pid, 'SIGKILL')
    await untilDead([pid, ...started, guardian])
  })
})

describe('when the process of a supervisor is killed, its guardian ends itself and', () => {
  test.each<Kind>(['the worker itself, spinning', 'the worker itself, in a native call'])('%s', async (kind) => {
    const { pid, started, guardian } = await run('stay', [kind], { isolation: 'process' })
    process.kill(pid, 'SIGKILL')
    await untilDead([pid, ...started, guardian])
  })

  test('everything of several tasks', async () => {
    const { pid, started, guardian } = await run('stay', ['registered', 'daemon', 'spinning', 'detached'])
    process.kill(pid, 'SIGKILL')
    await untilDead([pid, ...started, guardian])
  })

  test('a daemon left by a supervisor in a process of the task, with the guardian of that one', async () => {
    const { pid, started, guardian } = await run('stay', ['left by a supervisor in a process of the task'], {
      processes: 2,
    })
    const inner = guardiansOf(Number(started[0]))
    expect(inner).toHaveLength(1)
    process.kill(pid, 'SIGKILL')
    await untilDead([pid, ...started, guardian, ...inner])
  })

  test('a daemon left by a supervisor in the task itself, with the guardian of that one', async () => {
    const { pid, started } = await run('stay', ['left by a supervisor in the task itself'])
    const guardians = guardiansOf(pid)
    expect(guardians).toHaveLength(2)
    process.kill(pid, 'SIGKILL')
    await untilDead([pid, ...started, ...guardians])
  })
})

describe('the guardian', () => {
  test.each<Ending>(['exit', 'close'])('is gone after an end by `%s`, and so is what was started', async (ending) => {
    const driver = await run(ending, ['registered', 'daemon'])
    driver.process.stdin.write('\n')
    const [exitCode] = await once(driver.process, 'exit')
    expect(exitCode).toBe(0)
    await untilDead([...driver.started, driver.guardian])
  })

  test('has gone before `close` resolves', async () => {
    const supervisor = new AgentSupervisor({ heapLimitMb: 128 })
    const before = guardiansOf(process.pid)
    await supervisor.spawnWorker({ handler: { module: orphans, export: 'hold' }, input: 'registered' })
    const guardians = guardiansOf(process.pid).filter((pid) => !before.includes(pid))
    expect(guardians).toHaveLength(1)
    await supervisor.destroy()
    expect(guardians.some(isAlive)).toBe(false)
  })

  test('is replaced when it was killed, and the new one guards what runs already', async () => {
    const { process: child, pid, started, guardian } = await run('stay', ['registered', 'daemon'])
    process.kill(guardian, 'SIGKILL')
    const next = await findSuccessor(child.stderr)
    left.push(next)
    expect(guardiansOf(pid)).toEqual([next])
    process.kill(pid, 'SIGKILL')
    await untilDead([pid, ...started, next])
  })

  test.each<[string, Ending, Kind[], number]>([
    ['is not started by a supervisor that runs no task', 'count', [], 0],
    ['waits for the next task, without keeping the process alive', 'count', ['nothing'], 1],
    ['is waited for by `close`, also when nothing else keeps the process alive', 'finish', ['nothing'], 0],
  ])('%s', async (_title, ending, kinds, guardians) => {
    const child = start(ending, kinds)
    const [said, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    expect({ said, exitCode }).toEqual({ said: `${guardians}\n`, exitCode: 0 })
  })
})

/** A guardian may be seen before it has got its list; when this is logged it has. */
const findSuccessor = async (log: Readable): Promise<number> => {
  for await (const line of createInterface(log)) {
    const [, pid] = /process (\d+)\) has taken over/.exec(line) ?? []
    if (pid !== undefined) return Number(pid)
  }
  throw new Error('no guardian has taken over')
}

describe('when a task ends whose process has a supervisor of its own', () => {
  test.each<[Kind, number]>([
    ['left by a supervisor in a process of the task', 2],
    ['left by a supervisor in the task itself', 1],
  ])('a daemon %s dies with the outer session', async (kind, processes) => {
    const started: number[] = []
    const onProgress = (pid: unknown): void => void started.push(Number(pid))
    const supervisor = new AgentSupervisor({ heapLimitMb: 128 })
    await supervisor.run({ handler: { module: orphans, export: 'leave' }, input: kind }, { onProgress })
    left.push(...started)
    expect(started).toHaveLength(processes)
    await untilDead(started)
    await supervisor.destroy()
  })
})

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { isAlive, until, untilDead } from '../fixtures/processes.ts'
import { GuardList } from './guard-list.ts'
import { Guardian } from './guardian.ts'
import { ownChildren, processStartTime } from './process-tree.ts'
import { WORKER_MARKER } from './worker-marker.ts'

/* One guardian and real processes; whole supervisors are in orphans.test.ts. */

class StandingClock implements Clock {
  time = 0
  readonly #timers: { at: number; callback: () => void }[] = []

  now = (): number => this.time

  setTimer = (delayMs: number, callback: () => void): (() => void) => {
    const timer = { at: this.time + delayMs, callback }
    this.#timers.push(timer)
    return () => void this.#timers.splice(this.#timers.indexOf(timer) >>> 0, 1)
  }

  advance(milliseconds: number): void {
    this.time += milliseconds
    const due = this.#timers.filter(({ at }) => at <= this.time)
    for (const timer of due) this.#timers.splice(this.#timers.indexOf(timer), 1)
    for (const { callback } of due) callback()
  }
}

const children: ChildProcess[] = []
const guardians: Guardian[] = []
const lines: string[] = []

afterEach(async () => {
  await Promise.all(guardians.splice(0).map((guardian) => guardian.close()))
  for (const child of children.splice(0)) child.kill('SIGKILL')
  lines.length = 0
})

const createGuardian = (clock?: Clock): Guardian => {
  const log = (line: string): void => void lines.push(line)
  const guardian = new Guardian(clock === undefined ? { log } : { log, clock })
  guardians.push(guardian)
  return guardian
}

/** Leads a group of its own. */
const startLeader = (script: string, env: NodeJS.ProcessEnv = {}): { child: ChildProcess; pid: number } => {
  const child = spawn('/bin/sh', ['-c', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], ...env },
  })
  children.push(child)
  return { child, pid: Number(child.pid) }
}

/** The leader of a group prints its members' ids and goes. */
const startMembersOnly = async (...members: string[]): Promise<{ leader: number; members: number[] }> => {
  const script = members.map((member) => `${member} sleep 600 >/dev/null 2>&1 & echo $!`).join('\n')
  const { child, pid } = startLeader(script)
  const pids: number[] = []
  if (child.stdout !== null) for await (const line of createInterface(child.stdout)) pids.push(Number(line))
  if (child.exitCode === null) await once(child, 'exit')
  return { leader: pid, members: pids }
}

const environmentOf = (pid: number | undefined): string => readFileSync(`/proc/${pid}/environ`, 'utf8')

const kill = async (guardian: Guardian): Promise<void> => {
  const { pid } = guardian
  process.kill(Number(pid), 'SIGKILL')
  await until(() => guardian.pid !== pid)
}

describe('a guardian', () => {
  test('starts with the first thing to guard, is no child that anybody looks for, and is gone after close', async () => {
    const guardian = createGuardian()
    guardian.forgetMark('never-watched')
    expect(guardian.pid).toBe(undefined)
    guardian.watchMark('some-session')
    const { pid } = guardian
    guardian.watchMark('other-session')
    expect(guardian.pid).toBe(pid)
    expect(ownChildren()).not.toContain(pid)
    await Promise.all([guardian.close(), guardian.close()])
    expect(isAlive(Number(pid))).toBe(false)
    guardian.watchMark('late-session')
    expect(guardian.pid).toBe(undefined)
    expect(lines).toEqual([])
  })

  test('has neither the marker nor anything else of this process’s environment', async () => {
    process.env[WORKER_MARKER] = 'outer'
    const guardian = createGuardian()
    guardian.watchMark('some-session')
    delete process.env[WORKER_MARKER]
    await until(() => !environmentOf(guardian.pid).includes('PATH'))
    expect(environmentOf(guardian.pid)).toBe('')
  })

  test('goes on when it is told to end by a signal', async () => {
    const guardian = createGuardian()
    const { child, pid } = startLeader('exec sleep 600')
    const exited = once(child, 'exit')
    guardian.watchGroup(pid, processStartTime(pid))
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
    await until(() => catches(Number(guardian.pid), signals.length))
    for (const signal of signals) process.kill(Number(guardian.pid), signal)
    await guardian.close()
    expect(await exited).toEqual([null, 'SIGKILL'])
    expect(lines).toEqual([])
  })
})

describe('at its end it kills', () => {
  test('a group whose leader is still the same, and no other', async () => {
    const guardian = createGuardian()
    const [same, other, forgotten] = [0, 1, 2].map(() => startLeader('exec sleep 600'))
    const exited = once(same?.child as ChildProcess, 'exit')
    guardian.watchGroup(Number(same?.pid), processStartTime(Number(same?.pid)))
    guardian.watchGroup(Number(other?.pid), '12345')
    guardian.watchGroup(Number(forgotten?.pid), processStartTime(Number(forgotten?.pid)))
    guardian.forgetGroup(Number(forgotten?.pid))
    await guardian.close()
    expect(await exited).toEqual([null, 'SIGKILL'])
    expect(isAlive(Number(other?.pid))).toBe(true)
    expect(isAlive(Number(forgotten?.pid))).toBe(true)
  })

  test('a group without a leader when one of its members carries a marker, and only then', async () => {
    const guardian = createGuardian()
    const marked = await startMembersOnly(`${WORKER_MARKER}=watched`, '')
    const unmarked = await startMembersOnly(`${WORKER_MARKER}=forgotten`, '')
    guardian.watchMark('watched')
    guardian.watchMark('forgotten')
    guardian.forgetMark('forgotten')
    guardian.watchGroup(marked.leader, '1')
    guardian.watchGroup(unmarked.leader, null)
    await guardian.close()
    await untilDead(marked.members)
    expect(unmarked.members.map(isAlive)).toEqual([true, true])
    for (const pid of unmarked.members) process.kill(pid, 'SIGKILL')
  })

  /** A supervisor that has a guardian do so much, and is killed in the same turn. */
  const killedAfter = async (...steps: string[]): Promise<void> => {
    const program = `
      import { Guardian } from ${JSON.stringify(new URL('./guardian.ts', import.meta.url).href)}
      const guardian = new Guardian({ log: console.error })
      ${steps.join('\n')}
      process.kill(process.pid, 'SIGKILL')`
    const flags = ['--conditions=@mayfly/source', '--no-warnings', '--input-type=module', '--eval']
    const supervisor = spawn(process.execPath, [...flags, program], { stdio: 'inherit' })
    expect(await once(supervisor, 'exit')).toEqual([null, 'SIGKILL'])
  }

  test('what was registered right before this side was killed', async () => {
    const { pid } = startLeader('exec sleep 600')
    await killedAfter(
      "for (let index = 0; index < 100; index++) guardian.watchMark('session-' + index)",
      `guardian.watchGroup(${pid}, ${JSON.stringify(processStartTime(pid))})`,
    )
    await untilDead([pid])
  })

  test('a worker of whose group it had not heard yet, and a member of that group without a marker', async () => {
    // Its parent is gone: it is found by its group alone.
    const script = `(env -u ${WORKER_MARKER} sleep 600 >/dev/null 2>&1 & echo $!); exec sleep 600`
    const { child, pid } = startLeader(script, { [WORKER_MARKER]: 'some-supervisor/some-worker' })
    const [member] = child.stdout === null ? [] : await once(createInterface(child.stdout), 'line')
    await killedAfter(
      "guardian.watchMark('some-supervisor')",
      `guardian.watchWorkerGroup(${pid}, ${JSON.stringify(processStartTime(pid))})`,
    )
    await untilDead([pid, Number(member)])
  })
})

describe('when it dies', () => {
  test('a new one takes over the list', async () => {
    const guardian = createGuardian()
    const { child, pid } = startLeader('exec sleep 600')
    const exited = once(child, 'exit')
    guardian.watchGroup(pid, processStartTime(pid))
    const first = guardian.pid
    await kill(guardian)
    expect(guardian.pid).toBeGreaterThan(0)
    expect(lines).toEqual([
      `The guardian (process ${first}) has died: SIGKILL`,
      `A new guardian (process ${guardian.pid}) has taken over`,
    ])
    guardian.watchMark('some-session')
    guardian.forgetMark('some-session')
    await guardian.close()
    expect(await exited).toEqual([null, 'SIGKILL'])
  })

  test.each(['some-session', 'other-session'])(
    'with an empty list the next mark starts a new one: %s',
    async (next) => {
      // Its timers never fire: it dies before it has heard that the mark is over.
      const guardian = createGuardian(new StandingClock())
      guardian.watchMark('some-session')
      guardian.forgetMark('some-session')
      await kill(guardian)
      expect(guardian.pid).toBe(undefined)
      guardian.watchMark(next)
      expect(guardian.pid).toBeGreaterThan(0)
    },
  )

  test('lines that were sent to the dead one are no uncaught error, and are not lost', async () => {
    const guardian = createGuardian()
    guardian.watchMark('some-session')
    const first = Number(guardian.pid)
    process.kill(first, 'SIGKILL')
    // Blocks this thread, so that nobody here can know of its death yet.
    while (isAlive(first));
    const { child, pid } = startLeader('exec sleep 600')
    const exited = once(child, 'exit')
    guardian.watchGroup(pid, processStartTime(pid))
    expect(guardian.pid).toBe(first)
    await until(() => guardian.pid !== first)
    await guardian.close()
    expect(await exited).toEqual([null, 'SIGKILL'])
  })

  test('more than five times within a minute, it is not replaced before a minute has gone', async () => {
    const clock = new StandingClock()
    const guardian = createGuardian(clock)
    guardian.watchMark('some-session')
    for (let death = 1; death <= 5; death++) {
      await kill(guardian)
      expect(guardian.pid).toBeGreaterThan(0)
    }
    await kill(guardian)
    expect(guardian.pid).toBe(undefined)
    expect(lines.at(-1)).toContain('may outlive a crash')
    guardian.watchMark('other-session')
    clock.advance(59_999)
    expect(guardian.pid).toBe(undefined)
    clock.advance(1)
    expect(guardian.pid).toBeGreaterThan(0)
  })

  test('deaths that are far apart do not count together', async () => {
    const clock = new StandingClock()
    const guardian = createGuardian(clock)
    guardian.watchMark('some-session')
    for (let death = 1; death <= 7; death++) {
      await kill(guardian)
      clock.advance(20_000)
    }
    expect(guardian.pid).toBeGreaterThan(0)
    expect(lines.filter((line) => line.includes('has died:'))).toHaveLength(7)
  })

  test('or does not read, a new one takes over', async () => {
    const guardian = createGuardian()
    guardian.watchMark('some-session')
    const first = Number(guardian.pid)
    process.kill(first, 'SIGSTOP')
    for (let index = 0; guardian.pid === first; index++) {
      guardian.watchMark(`session-${index}`)
      if (index % 1000 === 0) await new Promise(setImmediate)
    }
    expect(lines).toContain(`The guardian (process ${first}) has died: SIGKILL`)
  })

  test('before it has started at all, tasks go on and the next one tries again', async () => {
    const { execPath } = process
    const guardian = createGuardian()
    process.execPath = '/no/such/program'
    guardian.watchMark('some-session')
    process.execPath = execPath
    await until(() => lines.length > 0)
    expect(lines).toEqual([expect.stringContaining('ENOENT')])
    expect(guardian.pid).toBe(undefined)
    guardian.watchMark('other-session')
    expect(guardian.pid).toBeGreaterThan(0)
  })
})

test('a line that was cut off or makes no sense changes nothing', () => {
  const list = new GuardList()
  for (const line of ['watch-group 12', 'what', '', 'watch-group 12 ']) list.apply(line)
  expect(list.isEmpty).toBe(true)
  for (const line of ['watch-mark a', 'watch-group 12 -', 'watch-group 13 99']) list.apply(line)
  expect(list.lines).toEqual(['watch-mark a', 'watch-group 12 -', 'watch-group 13 99'])
})

/** Whether a process has that many handlers for the signals 1, 2 and 15. */
const catches = (pid: number, count: number): boolean => {
  const mask = Number.parseInt(
    /^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]?.slice(-4) ?? '',
    16,
  )
  return [1, 2, 15].filter((signal) => (mask & (1 << (signal - 1))) !== 0).length === count
}

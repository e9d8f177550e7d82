import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Execution, executeMayfly, fixtureAgent, MayflyProcess } from './fixtures/execute-mayfly.ts'

/* Real processes on one store, and real deaths. */

const environment = { MAYFLY_LEASE: '1s' }
const gated = ['--agent', fixtureAgent('gated')]

let cwd: string
let gate: string
const started: MayflyProcess[] = []

const start = (...args: string[]): MayflyProcess => {
  const mayfly = new MayflyProcess(args, cwd, environment)
  started.push(mayfly)
  return mayfly
}

const execute = (...args: string[]): Promise<Execution> => executeMayfly(args, cwd, environment)

const submit = (runId: string, ...options: string[]): Promise<Execution> =>
  execute('run', '--prompt', gate, '--run-id', runId, '--detach', ...gated, ...options)

const show = async (runId: string) => JSON.parse((await execute('runs', 'show', runId, '--json')).stdout)

const isDead = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return true
  }
}

const isLocked = (): boolean => {
  const database = new DatabaseSync(join(cwd, '.mayfly', 'mayfly.db'), { timeout: 0 })
  try {
    database.exec('BEGIN IMMEDIATE; ROLLBACK')
    return false
  } catch {
    return true
  } finally {
    database.close()
  }
}

/** In the middle of a write it would keep everybody waiting until it goes on. */
const stopBetweenWrites = async ({ child }: MayflyProcess): Promise<void> => {
  for (child.kill('SIGSTOP'); isLocked(); child.kill('SIGSTOP')) {
    child.kill('SIGCONT')
    await delay(20)
  }
}

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'mayfly-durable-cli-'))
  await mkdir(join(cwd, '.git'))
  gate = join(cwd, 'gate')
})

afterEach(async () => {
  for (const { child } of started) child.kill('SIGKILL')
  await Promise.all(started.splice(0).map((mayfly) => mayfly.ended()))
  await rm(cwd, { recursive: true, force: true })
})

describe('a detached run', () => {
  test('is accepted at once, worked off by a host, and followed by whoever watches it', async () => {
    const accepted = await submit('it', '--quiet')
    expect(accepted).toMatchObject({ exitCode: 0, stdout: 'it\n' })
    const host = start('serve')
    await host.saysInLog(/attempt 1 child/)
    await writeFile(gate, '')
    const watched = await execute('runs', 'watch', 'it', '--json')
    expect(watched.exitCode).toBe(0)
    const news = watched.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(news.at(-1)).toMatchObject({ type: 'run', runId: 'it', status: 'completed' })
    expect(news).toContainEqual(expect.objectContaining({ type: 'log', runId: 'it' }))
    host.child.kill('SIGTERM')
    expect(await host.ended()).toMatchObject({ exitCode: 143, stdout: 'it completed\n' })
  })

  test('whose host is killed is finished by another one, once, and the child process left behind is ended', async () => {
    await submit('it', '--attempts', '3', '--repeatable')
    const first = start('serve')
    const [, pid] = await first.saysInLog(/attempt 1 child (\d+)/)
    const second = start('serve')
    await second.saysInLog(/Serving the queue/)
    first.child.kill('SIGKILL')
    await second.saysInLog(/attempt 2 child/)
    expect(isDead(Number(pid))).toBe(true)
    await writeFile(gate, '')
    expect((await execute('runs', 'watch', 'it')).exitCode).toBe(0)
    const { sessions, steps, artifacts } = await show('it')
    expect(sessions).toMatchObject([
      { attempt: 1, status: 'lost' },
      { attempt: 2, status: 'completed' },
    ])
    expect(steps).toMatchObject([{ result: { output: { lastCheckpoint: { attempt: 1 } } } }])
    expect(readFileSync(artifacts[0].path, 'utf8')).toBe('attempt 2')
  })

  test('whose host is stopped for longer than its lease is finished by another; what the first one writes then is refused', async () => {
    await submit('it', '--attempts', '3', '--repeatable')
    const first = start('serve')
    await first.saysInLog(/attempt 1 child/)
    await stopBetweenWrites(first)
    const second = start('serve')
    await second.saysInLog(/attempt 2 child/)
    await writeFile(gate, '')
    first.child.kill('SIGCONT')
    await first.saysInLog(/Others have taken over/)
    expect((await execute('runs', 'watch', 'it')).exitCode).toBe(0)
    const { sessions } = await show('it')
    expect(sessions).toMatchObject([
      { attempt: 1, status: 'lost' },
      { attempt: 2, status: 'completed' },
    ])
  })

  test('that may not simply be done again is interrupted with its host, and resumed by hand', async () => {
    await submit('it', '--attempts', '3')
    const host = start('serve')
    await host.saysInLog(/attempt 1 child/)
    host.child.kill('SIGKILL')
    await host.ended()
    expect((await execute('runs', 'watch', 'it')).stdout).toContain('Run it interrupted')
    await writeFile(gate, '')
    const resumed = await execute('resume', 'it', '--json')
    expect(JSON.parse(resumed.stdout)).toMatchObject({ runId: 'it', status: 'completed', outcome: { attempt: 2 } })
  })

  test('is cancelled from another process, running or waiting', async () => {
    await submit('running')
    await submit('waiting', '--key', 'x')
    expect((await execute('cancel', 'waiting')).stdout).toBe('Run waiting cancelled\n')
    const host = start('serve')
    await host.saysInLog(/attempt 1 child/)
    const asked = await execute('cancel', 'running', '--reason', 'not needed', '--json')
    expect(JSON.parse(asked.stdout)).toMatchObject({ runId: 'running', answer: 'requested' })
    const watched = await execute('runs', 'watch', 'running')
    expect(watched).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('Run running cancelled') })
    expect((await show('running')).run.error.message).toContain('not needed')
    expect(await execute('cancel', 'running')).toMatchObject({ exitCode: 1 })
    expect(await execute('cancel', 'nothing')).toMatchObject({ exitCode: 2 })
  })
})

test('a run in the foreground whose process is killed is taken up by resume --all, and one that failed by retry', async () => {
  const first = start('run', '--prompt', gate, '--run-id', 'it', ...gated)
  await first.saysInLog(/attempt 1 child/)
  first.child.kill('SIGKILL')
  await first.ended()
  await writeFile(gate, '')
  const resumed = await execute('resume', '--all', '--json')
  expect(JSON.parse(resumed.stdout).runs).toMatchObject([{ runId: 'it', status: 'completed' }])
  const failing = ['--agent', fixtureAgent('throwing'), '--mode', 'worker']
  const failed = await execute('run', '--prompt', 'x', '--run-id', 'bad', ...failing)
  expect(failed.exitCode).toBe(1)
  expect(await execute('retry', 'bad')).toMatchObject({ exitCode: 1 })
  expect((await show('bad')).sessions).toHaveLength(2)
  expect(await execute('retry', 'it')).toMatchObject({ exitCode: 2 })
})

test('two processes with one idempotency key are one run', async () => {
  const args = ['run', '--prompt', gate, '--idempotency-key', 'k', '--json', ...gated]
  const [first, second] = [start(...args), start(...args)]
  await Promise.race([first, second].map((mayfly) => mayfly.saysInLog(/attempt 1 child/)))
  await writeFile(gate, '')
  const ended = await Promise.all([first.ended(), second.ended()])
  const [one, other] = ended.map(({ stdout }) => JSON.parse(stdout))
  expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0])
  expect(one.runId).toBe(other.runId)
  expect((await show(one.runId)).sessions).toHaveLength(1)
})

describe('care for the store', () => {
  test('doctor says that all is well, and what to do when it is not', async () => {
    expect(await execute('doctor')).toMatchObject({ exitCode: 0 })
    expect(existsSync(join(cwd, '.mayfly'))).toBe(false)
    await execute('run', '--prompt', 'plan')
    expect(JSON.parse((await execute('doctor', '--json')).stdout)).toMatchObject({ isWell: true })
    const file = join(cwd, '.mayfly', 'mayfly.db')
    await writeFile(file, 'something else')
    const examined = await execute('doctor')
    expect(examined).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('STORE_NOT_A_DATABASE') })
    expect(readFileSync(file, 'utf8')).toBe('something else')
  })

  test('gc deletes what a dry run has named, and backup overwrites nothing', async () => {
    await execute('run', '--prompt', 'plan', '--run-id', 'old')
    const backup = join(cwd, 'copy.db')
    expect(await execute('backup', backup)).toMatchObject({ exitCode: 0, stdout: `${backup}\n` })
    expect(await execute('backup', backup)).toMatchObject({ exitCode: 2 })
    const dry = JSON.parse((await execute('gc', '--keep', '0s', '--dry-run', '--json')).stdout)
    expect(dry).toMatchObject({ dryRun: true, runs: ['old'] })
    expect(dry.files).toHaveLength(2)
    const { runs, files } = JSON.parse((await execute('gc', '--keep', '0s', '--json')).stdout)
    expect({ runs, files }).toEqual({ runs: dry.runs, files: dry.files })
    expect(dry.files.filter(existsSync)).toEqual([])
    expect(await execute('gc', '--keep', 'long')).toMatchObject({ exitCode: 2 })
    expect((await execute('runs')).stdout).toContain('No runs yet')
  })
})

import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { executeMayfly, fixtureAgent, MayflyProcess } from './fixtures/execute-mayfly.ts'

/* Real processes, real signals. */

let cwd: string

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'mayfly-signals-'))
  await mkdir(join(cwd, '.git'))
})

afterEach(() => rm(cwd, { recursive: true, force: true }))

const start = (mode: string, agent: string, grace = '100ms'): MayflyProcess =>
  new MayflyProcess(
    ['--prompt', 'work', '--mode', mode, '--agent', fixtureAgent(agent), '--run-id', 'it', '--grace', grace],
    cwd,
  )

const runStatus = async (): Promise<string> => {
  const { stdout } = await executeMayfly(['runs', 'show', 'it', '--json'], cwd)
  return JSON.parse(stdout).run.status
}

/** Gone, or dead and not yet reaped by whoever has inherited it. */
const isDead = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return true
  }
}

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s', (signal, exitCode) => {
  test.each([
    ['worker', 'spinning', /spinning/],
    ['worker', 'waiting', /waiting/],
    ['worker', 'child', /children \d+ \d+/],
    ['legacy', 'waiting', /waiting/],
    ['legacy', 'child', /children \d+ \d+/],
  ] as const)('ends %s mode during a %s task, and the run is marked as interrupted', async (mode, agent, started) => {
    const mayfly = start(mode, agent)
    const [line] = await mayfly.saysInLog(started)
    mayfly.child.kill(signal)
    const ended = await mayfly.ended()
    expect(ended).toMatchObject({ exitCode, signal: null })
    expect(ended.stderr).toContain(`Received ${signal}: shutting down`)
    if (mode === 'worker') expect(ended.stderr).toContain('Terminating 1 active worker')
    expect(ended.stderr).toContain('Run it interrupted')
    expect(ended.stderr).toContain('Run store closed')
    expect(ended.stderr.match(/Cleanup completed/g)).toHaveLength(1)
    expect(ended.stderr).toContain(`the process received ${signal}`)
    for (const pid of line.match(/\d+/g) ?? []) expect(isDead(Number(pid))).toBe(true)
    expect(await runStatus()).toBe('interrupted')
  })
})

test('a second signal exits at once', async () => {
  const mayfly = start('worker', 'child', '1h')
  const [line] = await mayfly.saysInLog(/children \d+ \d+/)
  mayfly.child.kill('SIGTERM')
  await mayfly.saysInLog(/Received SIGTERM/)
  mayfly.child.kill('SIGINT')
  const { exitCode, stderr } = await mayfly.ended()
  expect(exitCode).toBe(130)
  expect(stderr).toContain('exiting at once')
  for (const pid of line.match(/\d+/g) ?? []) expect(isDead(Number(pid))).toBe(true)
  expect(await runStatus()).toBe('interrupted')
})

test('a legacy task that spins hears no signal; after kill -9 the next start reports its run as interrupted', async () => {
  const mayfly = start('legacy', 'spinning')
  await mayfly.saysInLog(/spinning/)
  mayfly.child.kill('SIGTERM')
  mayfly.child.kill('SIGKILL')
  expect(await mayfly.ended()).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
  const next = await executeMayfly(['runs'], cwd)
  expect(next.stderr).toContain('Run it was interrupted')
  expect(next.stdout).toMatch(/it\s+interrupted\s+legacy/)
})

test('after kill -9 in worker mode the next start reports the run as interrupted', async () => {
  const mayfly = start('worker', 'spinning')
  await mayfly.saysInLog(/spinning/)
  mayfly.child.kill('SIGKILL')
  await mayfly.ended()
  const next = await executeMayfly(['--prompt', 'again', '--agent', fixtureAgent('echo')], cwd)
  expect(next).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Run it was interrupted') })
})

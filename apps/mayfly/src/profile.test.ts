import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Execution, executeMayfly, fixtureAgent, MayflyProcess } from './fixtures/execute-mayfly.ts'

/* Two real processes: one runs a task, the other asks it for a profile. */

let cwd: string
let environment: Record<string, string>
let running: MayflyProcess[]

beforeEach(async () => {
  running = []
  cwd = realpathSync(await mkdtemp(join(tmpdir(), 'mayfly-profile-')))
  await mkdir(join(cwd, '.git'))
  await mkdir(join(cwd, 'tmp'))
  // Sockets of their own, so that nobody else's hosts are met.
  environment = { TMPDIR: join(cwd, 'tmp') }
})

afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL')
  await Promise.all(running.map((process) => process.ended()))
  await rm(cwd, { recursive: true, force: true })
})

const run = async (agent: string, ...options: string[]): Promise<MayflyProcess> => {
  const args = ['--prompt', 'work', '--agent', fixtureAgent(agent), '--run-id', 'it', '--grace', '50ms', ...options]
  const mayfly = new MayflyProcess(args, cwd, environment)
  running.push(mayfly)
  await mayfly.saysInLog(agent === 'spinning' ? /spinning/ : /waiting/)
  return mayfly
}

const profile = (...args: string[]): Promise<Execution> => executeMayfly(['profile', ...args], cwd, environment)

const socketFolder = (): string => join(cwd, 'tmp', `mayfly-${process.getuid?.()}`)

const sockets = (): string[] => readdirSync(socketFolder()).filter((name) => name.endsWith('.sock'))

const functionsIn = (file: string): string[] =>
  JSON.parse(readFileSync(file, 'utf8')).nodes.map((node: { callFrame: { url: string } }) => node.callFrame.url)

describe.each(['thread', 'process'])('a task that spins in a %s', (isolation) => {
  test('is profiled from another process, by the id of its run', async () => {
    await run('spinning', '--mode', 'worker', '--isolation', isolation)
    const { exitCode, stdout, stderr } = await profile('it', '--cpu', '300ms')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'looking for 300 ms …\n' })
    const path = stdout.trim()
    expect(path).toMatch(/it-.*\.cpuprofile$/)
    expect(path.startsWith(cwd)).toBe(true)
    expect(functionsIn(path).some((url) => url.includes('spinning-agent.mjs'))).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('has its heap written, by the id of its session, as one JSON document', async () => {
    const mayfly = await run('spinning', '--mode', 'worker', '--isolation', isolation)
    const [, sessionId = ''] = await mayfly.saysInLog(/Worker spawned: (\S+)/)
    const { exitCode, stdout } = await profile(sessionId, '--heap', '--out', 'now.heapsnapshot', '--json')
    expect(exitCode).toBe(0)
    const path = join(cwd, 'now.heapsnapshot')
    expect(JSON.parse(stdout)).toEqual({ profile: { sessionId, kind: 'heap', path, size: statSync(path).size } })
    expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveProperty('snapshot.meta')
    // Once more: nothing is overwritten.
    const again = await profile(sessionId, '--heap', '--out', 'now.heapsnapshot', '--json')
    expect(again.exitCode).toBe(2)
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'PROFILE_FILE_EXISTS' } })
  })
})

describe('mayfly profile', () => {
  test('says which sessions there are none of', async () => {
    const { exitCode, stderr } = await profile('nobody')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('No session or run nobody')
  })

  test('says that a run has ended', async () => {
    await executeMayfly(
      ['--prompt', 'x', '--agent', fixtureAgent('echo'), '--mode', 'worker', '--run-id', 'it'],
      cwd,
      environment,
    )
    const { exitCode, stdout } = await profile('it', '--json')
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'PROFILE_NO_WORKER' } })
    // What the host had opened is gone with it.
    expect(sockets()).toEqual([])
  })

  test('says that the process that ran it was killed, and what is left of it is swept by the next', async () => {
    const mayfly = await run('spinning', '--mode', 'worker')
    mayfly.child.kill('SIGKILL')
    await mayfly.ended()
    expect(sockets()).toHaveLength(1)
    const { exitCode, stderr } = await profile('it')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('has ended')
    const next = ['--prompt', 'x', '--agent', fixtureAgent('waiting'), '--mode', 'worker', '--run-id', 'next']
    const second = new MayflyProcess(next, cwd, environment)
    running.push(second)
    await second.saysInLog(/waiting/)
    await expect.poll(sockets).toHaveLength(1)
  })

  test('says that a task in place cannot be profiled', async () => {
    await run('waiting', '--mode', 'legacy')
    const { exitCode, stderr } = await profile('it')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('runs in place')
    expect(existsSync(socketFolder())).toBe(false)
  })

  test.each([
    [['--cpu', '1s', '--heap'], 'expected one of them'],
    [['--cpu', 'soon'], 'expected a duration'],
    [['--cpu', '1h'], 'up to 10m'],
  ])('refuses %j', async (options, message) => {
    const { exitCode, stderr } = await profile('it', ...options)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
  })

  test('a reader that is interrupted leaves no file, and the task goes on', async () => {
    await run('spinning', '--mode', 'worker')
    const asking = new MayflyProcess(['profile', 'it', '--cpu', '5m'], cwd, environment)
    running.push(asking)
    await asking.saysInLog(/looking for/)
    asking.child.kill('SIGINT')
    expect(await asking.ended()).toMatchObject({ exitCode: 130, stdout: '' })
    const { exitCode } = await profile('it', '--cpu', '50ms', '--out', 'after.cpuprofile')
    expect(exitCode).toBe(0)
    expect(readdirSync(cwd).filter((name) => name.includes('profile'))).toEqual(['after.cpuprofile'])
  })

  test('a run ends as ever while it is asked', async () => {
    const mayfly = await run('spinning', '--mode', 'worker')
    const asking = new MayflyProcess(['profile', 'it', '--cpu', '5m'], cwd, environment)
    running.push(asking)
    await asking.saysInLog(/looking for/)
    mayfly.child.kill('SIGTERM')
    expect(await mayfly.ended()).toMatchObject({ exitCode: 143 })
    expect(await asking.ended()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('ended') })
    expect(sockets()).toEqual([])
  })
})

describe('the folder of the sockets', () => {
  test('is for its owner only', async () => {
    await run('spinning', '--mode', 'worker')
    expect(lstatSync(socketFolder()).mode & 0o777).toBe(0o700)
  })

  test('that others may enter is not used: one warning, and the run goes on', async () => {
    await mkdir(socketFolder())
    await chmod(socketFolder(), 0o777)
    const { stderr } = await run('waiting', '--mode', 'worker')
    expect(stderr.match(/takes no requests/g)).toHaveLength(1)
    const asked = await profile('it')
    expect(asked.exitCode).toBe(1)
    expect(asked.stderr).toContain('mode 0700')
  })

  test('that is a file keeps nobody from running', async () => {
    await writeFile(socketFolder(), '')
    const { stderr } = await run('waiting', '--mode', 'worker')
    expect(stderr).toContain('takes no requests')
  })

  test('keeps the sockets of those who live', async () => {
    await mkdir(socketFolder(), { mode: 0o700 })
    const other = createServer().listen(join(socketFolder(), 'other.sock'))
    await run('waiting', '--mode', 'worker')
    expect((await profile('it', '--cpu', '50ms')).exitCode).toBe(0)
    expect(sockets()).toContain('other.sock')
    other.close()
  })
})

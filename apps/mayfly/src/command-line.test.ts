import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { executeMayfly, fixtureAgent } from './fixtures/execute-mayfly.ts'

let cwd: string

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'mayfly-cli-'))
  await mkdir(join(cwd, '.git'))
  await writeFile(join(cwd, 'auth.js'), 'export const authenticate = (user) => user.password\n')
})

afterEach(() => rm(cwd, { recursive: true, force: true }))

const echo = ['--agent', fixtureAgent('echo')]

describe('the seed’s usage examples', () => {
  test('workers disabled (default)', async () => {
    const { exitCode, stdout, stderr } = await executeMayfly(['--prompt', 'Implement user authentication'], cwd)
    expect(exitCode).toBe(0)
    expect(stderr).toContain('[Orchestrator Entry] Worker pattern disabled (USE_WORKERS=false)')
    expect(stderr).toContain('[Orchestrator Entry] Using legacy in-process execution (worker pattern disabled)')
    expect(stdout).toMatch(/completed in legacy mode/)
    expect(stdout).toMatch(/plan-.*\.md/)
  })

  test('workers enabled, long-running task', async () => {
    const { exitCode, stderr } = await executeMayfly(
      ['--prompt', 'Implement comprehensive authentication system'],
      cwd,
      {
        USE_WORKERS: 'true',
      },
    )
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(
      /Initializing worker supervisor[\s\S]*Supervisor initialized successfully[\s\S]*Using worker pattern for long-running task[\s\S]*Spawning worker for step 0[\s\S]*Worker spawned: worker-session-[\s\S]*Worker completed: worker-session-/,
    )
  })

  test('workers enabled, short-running task', async () => {
    const { stderr } = await executeMayfly(['--prompt', 'Fix login button bug'], cwd, { USE_WORKERS: 'true' })
    expect(stderr).toMatch(
      /Initializing worker supervisor[\s\S]*Using legacy in-process execution \(task is short-running\)/,
    )
  })

  test('production flags', async () => {
    const flags = ['--max-old-space-size=8192', '--expose-gc', '--optimize-for-size']
    const { exitCode, stdout } = await executeMayfly(
      ['--prompt', 'Refactor codebase', '--json'],
      cwd,
      { USE_WORKERS: 'true' },
      flags,
    )
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ executionMode: 'worker', outcome: { fuse: 'overridden' } })
  })
})

describe('mayfly run', () => {
  test('prints one JSON document', async () => {
    const args = ['run', '--prompt', 'say it', '--mode', 'worker', '--run-id', 'it', '--json', '--quiet', ...echo]
    const { stdout, stderr, exitCode } = await executeMayfly(args, cwd)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      runId: 'it',
      status: 'completed',
      executionMode: 'worker',
      reason: 'mode worker',
      routing: { workflow: expect.any(String), confidence: expect.any(Number) },
      step0Result: { summary: 'Echo: say it', output: { inWorker: true } },
      artifacts: [{ name: 'echo.txt', path: expect.any(String), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      outcome: { status: 'completed', cause: 'result', isolation: 'thread' },
    })
  })

  test('ends a task at its time limit and says so', async () => {
    const args = ['--prompt', 'x', '--mode', 'worker', '--agent', fixtureAgent('spinning'), '--timeout', '300ms']
    const { exitCode, stdout, stderr } = await executeMayfly([...args, '--grace', '50ms', '--json'], cwd)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('ran longer than 300 ms')
    expect(JSON.parse(stdout)).toMatchObject({ status: 'failed', outcome: { status: 'timed_out', cause: 'timeout' } })
  })

  test.each(['legacy', 'worker'])('keeps stdout for the result, whatever the task prints in %s mode', async (mode) => {
    const args = ['--prompt', 'x', '--agent', fixtureAgent('printing'), '--mode', mode, '--json']
    const { stdout, stderr } = await executeMayfly(args, cwd)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'completed' })
    expect(stderr).toContain('printed by the task')
  })

  test.each([
    ['legacy', { error: { message: expect.stringContaining('from a timer') } }, 'interrupted'],
    ['worker', { status: 'failed', error: { message: expect.stringContaining('from a timer') } }, 'failed'],
  ])('says in one line that an error was thrown from a timer in %s mode', async (mode, document, status) => {
    const args = ['--prompt', 'x', '--agent', fixtureAgent('throwing'), '--mode', mode, '--run-id', 'it', '--json']
    const { stdout, stderr, exitCode } = await executeMayfly(args, cwd)
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject(document)
    expect(stderr).not.toMatch(/^ {4}at /m)
    const shown = await executeMayfly(['runs', 'show', 'it', '--json'], cwd)
    expect(JSON.parse(shown.stdout)).toMatchObject({ run: { status } })
  })

  test('takes known secrets out of log and record', async () => {
    const secret = 'sk-very-secret-value'
    const args = ['--prompt', `say ${secret}`, '--run-id', 'it', '--mode', 'worker', ...echo]
    const { stderr } = await executeMayfly(args, cwd, { SOME_API_KEY: secret })
    expect(stderr).not.toContain(secret)
    const { stdout } = await executeMayfly(['runs', 'show', 'it', '--json'], cwd)
    expect(stdout).toContain('[redacted]')
    expect(stdout).not.toContain(secret)
  })

  test('refuses an artifact folder that leads elsewhere', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'mayfly-elsewhere-'))
    await mkdir(join(cwd, '.mayfly'))
    await symlink(elsewhere, join(cwd, '.mayfly', 'artifacts'))
    const { stderr, exitCode } = await executeMayfly(['--prompt', 'x', ...echo], cwd)
    expect({ exitCode, written: await readdir(elsewhere) }).toEqual({ exitCode: 2, written: [] })
    expect(stderr).toContain('Remove the link')
    await rm(elsewhere, { recursive: true })
  })

  test('a task in place that ends the process has failed, whatever code it gives', async () => {
    const agent = fixtureAgent('exiting')
    const { exitCode } = await executeMayfly(['--prompt', 'x', '--agent', agent, '--run-id', 'it'], cwd)
    expect(exitCode).toBe(1)
    const { stdout } = await executeMayfly(['runs', 'show', 'it', '--json'], cwd)
    expect(JSON.parse(stdout)).toMatchObject({ run: { status: 'interrupted' } })
    const inWorker = await executeMayfly(['--prompt', 'x', '--agent', agent, '--mode', 'worker', '--json'], cwd)
    expect(inWorker.exitCode).toBe(1)
    expect(JSON.parse(inWorker.stdout)).toMatchObject({ status: 'failed', outcome: { cause: 'exit', exitCode: 0 } })
  })

  test('runs a step in a process of its own, where a task may even signal itself', async () => {
    const done = await executeMayfly(
      ['--prompt', 'x', '--mode', 'worker', '--isolation', 'process', '--json', ...echo],
      cwd,
    )
    expect(JSON.parse(done.stdout)).toMatchObject({
      status: 'completed',
      outcome: { isolation: 'process', fuse: 'set' },
    })
    const args = ['--prompt', 'x', '--agent', fixtureAgent('suicidal'), '--mode', 'worker', '--json', '--run-id', 'it']
    const { stdout, exitCode } = await executeMayfly([...args, '--isolation', 'process'], cwd)
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ outcome: { cause: 'exit', signal: 'SIGKILL', isolation: 'process' } })
    const shown = await executeMayfly(['runs', 'show', 'it', '--json'], cwd)
    expect(JSON.parse(shown.stdout)).toMatchObject({
      sessions: [{ isolation: 'process', peakRssMb: expect.any(Number) }],
    })
  })

  test('takes the path of an agent from where it was typed, not from the folder to work on', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'mayfly-elsewhere-'))
    const args = ['--prompt', 'x', '--agent', './echo-agent.mjs', '--cwd', elsewhere, '--json']
    const { stdout } = await executeMayfly(args, dirname(fixtureAgent('echo')))
    await rm(elsewhere, { recursive: true })
    expect(JSON.parse(stdout)).toMatchObject({ status: 'completed', step0Result: { agent: 'echo-agent' } })
  })

  test('takes workflow, complexity and folder from the command line', async () => {
    const args = [
      '--prompt',
      'x',
      '--workflow',
      'incident-flow',
      '--complexity',
      'high',
      '--cwd',
      cwd,
      '--json',
      ...echo,
    ]
    const { stdout } = await executeMayfly(args, tmpdir())
    expect(JSON.parse(stdout)).toMatchObject({ routing: { workflow: 'incident-flow', complexity: 'high' } })
    expect(readFileSync(join(cwd, '.mayfly', '.gitignore'), 'utf8')).toContain('*')
  })
})

describe('what has happened', () => {
  test('runs, runs show and stats read real rows', async () => {
    expect(JSON.parse((await executeMayfly(['runs', '--json'], cwd)).stdout)).toEqual({ runs: [] })
    await executeMayfly(['--prompt', 'one', '--run-id', 'one', '--mode', 'legacy', ...echo], cwd)
    await executeMayfly(['--prompt', 'two', '--run-id', 'two', '--mode', 'worker', ...echo], cwd)
    const { runs } = JSON.parse((await executeMayfly(['runs', '--json'], cwd)).stdout)
    expect(runs.map(({ runId }: { runId: string }) => runId)).toEqual(['two', 'one'])
    const shown = await executeMayfly(['runs', 'show', 'two'], cwd)
    expect(shown.stdout).toMatch(/session\s+worker-session-.*thread, completed \(result\).*limits enforced/)
    const report = JSON.parse((await executeMayfly(['runs', 'show', 'one', '--json'], cwd)).stdout)
    expect(report).toMatchObject({
      run: { runId: 'one', executionMode: 'legacy' },
      sessions: [{ isolation: 'in-process' }],
    })
    const statistics = JSON.parse((await executeMayfly(['stats', '--json'], cwd)).stdout)
    expect(statistics).toMatchObject({
      legacy: { count: 1, completed: 1 },
      worker: { count: 1, completed: 1 },
      workerSpawns: { attempted: 1, succeeded: 1, rate: 1 },
    })
    expect((await executeMayfly(['stats'], cwd)).stdout).toContain('Workers spawned: 1 of 1 (100.0 %)')
  })

  test('classify says what was decided and why', async () => {
    const { stdout } = await executeMayfly(['classify', 'Refactor codebase', '--json'], cwd)
    expect(JSON.parse(stdout)).toMatchObject({
      longRunning: true,
      rule: 'long-keyword',
      matched: { long: ['refactor'] },
    })
    expect((await executeMayfly(['classify', 'Fix bug', '--complexity', 'low'], cwd)).stdout).toMatch(/^short: .*"fix"/)
  })

  test('flags prints each value with where it came from', async () => {
    await writeFile(join(cwd, 'mayfly.config.json'), '{ "timeout": "5m" }')
    const { stdout } = await executeMayfly(['flags', '--json'], cwd, { USE_WORKERS: 'TRUE', MAYFLY_MAX_WORKERS: '2' })
    expect(JSON.parse(stdout).settings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'USE_WORKERS', value: true, source: 'environment' }),
        expect.objectContaining({ name: 'timeoutMs', value: 300_000, source: 'file' }),
        expect.objectContaining({ name: 'maxWorkers', value: 2, source: 'environment' }),
        expect.objectContaining({ name: 'mode', value: 'auto', source: 'default' }),
        expect.objectContaining({ name: 'heapLimitMb', value: 4096, source: 'default' }),
      ]),
    )
  })

  test('version and help are results', async () => {
    expect((await executeMayfly(['--version'], cwd)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    const { stdout, exitCode } = await executeMayfly(['--help'], cwd)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('Examples:')
    expect(stdout).toContain('cannot hear a signal')
  })
})

describe('bad input gets one clear line and loses nothing', () => {
  test.each([
    ['no prompt', ['run'], 2, /Expected a prompt/],
    ['an empty prompt', ['--prompt', ' '], 2, /Expected a prompt, got an empty one/],
    ['an unknown workflow', ['--prompt', 'x', '--workflow', 'nope'], 2, /nope/],
    ['an unknown agent', ['--prompt', 'x', '--agent', 'nope'], 2, /nope/],
    ['a run id with ../', ['--prompt', 'x', '--run-id', '../x'], 2, /\.\.\/x/],
    ['a folder that is not there', ['--prompt', 'x', '--cwd', '/no/such'], 2, /\/no\/such/],
    ['a bad mode', ['--prompt', 'x', '--mode', 'fast'], 2, /fast/],
    ['a bad timeout', ['--prompt', 'x', '--timeout', 'soon'], 2, /expected a duration.*"soon"/],
    ['an unknown option', ['--prompt', 'x', '--wrokers'], 2, /--wrokers/],
    ['an unknown run', ['runs', 'show', 'nope'], 2, /nope/],
    ['a complexity out of range', ['classify', 'x', '--complexity', '1.5'], 2, /1\.5/],
  ])('%s', async (_title, args, exitCode, message) => {
    const ended = await executeMayfly([...args], cwd)
    expect(ended.exitCode).toBe(exitCode)
    expect(ended.stdout).toBe('')
    const said = ended.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('['))
    expect(said.slice(0, 1).join()).toMatch(message)
    expect(said.join('\n')).not.toMatch(/^ {4}at /m)
    expect(() => readFileSync(join(cwd, '.mayfly', 'mayfly.db'))).toThrow('ENOENT')
  })

  test('the kill switch beats a forced worker', async () => {
    const ended = await executeMayfly(['--prompt', 'x', '--mode', 'worker'], cwd, { USE_WORKERS: 'false' })
    expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('USE_WORKERS is false') })
  })

  test('an unreadable configuration', async () => {
    await writeFile(join(cwd, 'mayfly.config.json'), '{ nonsense')
    const ended = await executeMayfly(['--prompt', 'x', '--json'], cwd)
    expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('mayfly.config.json: expected JSON') })
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'CONFIG_INVALID' } })
  })

  test('a database that is not a database stays as it was', async () => {
    await mkdir(join(cwd, '.mayfly'))
    await writeFile(join(cwd, '.mayfly', 'mayfly.db'), 'my shopping list')
    const ended = await executeMayfly(['--prompt', 'x', ...echo], cwd)
    expect(ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('mayfly.db') })
    expect(readFileSync(join(cwd, '.mayfly', 'mayfly.db'), 'utf8')).toBe('my shopping list')
  })
})

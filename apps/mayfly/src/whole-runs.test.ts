import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { executeMayfly, fixtureAgent, MayflyProcess } from './fixtures/execute-mayfly.ts'

let cwd: string

const flow = `name: flow
steps:
  - { step: 0, name: Plan, agent: lead, approval: required }
  - { step: 1, name: Build, agent: developer }
`

const run = (...more: string[]) =>
  executeMayfly(
    ['run', '--all-steps', '--prompt', 'Greet', '--workflow', 'flow.yaml', '--agent', fixtureAgent('echo'), ...more],
    cwd,
  )

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'mayfly-cli-whole-'))
  mkdirSync(join(cwd, '.git'))
  mkdirSync(join(cwd, 'folder.yaml'))
  writeFileSync(join(cwd, 'flow.yaml'), flow)
})

afterEach(() => rmSync(cwd, { recursive: true }))

describe('mayfly run --all-steps', () => {
  test('leaves with 3 while a person is waited for, and approve goes on to the end', async () => {
    const waiting = await run()
    expect(waiting.exitCode).toBe(3)
    const [, runId = ''] = /mayfly approve (\S+)/.exec(waiting.stdout) ?? []
    const done = await executeMayfly(['approve', runId, '--json'], cwd)
    expect(done.exitCode).toBe(0)
    const { status, steps } = JSON.parse(done.stdout)
    expect(status).toBe('completed')
    expect(steps.map((step: { status: string }) => step.status)).toEqual(['completed', 'completed'])
    const again = await executeMayfly(['approve', runId], cwd)
    expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('none of its steps waits') })
  })

  test('fails with the words of the person who rejects', async () => {
    const { stdout } = await run('--json')
    const { runId } = JSON.parse(stdout)
    const rejected = await executeMayfly(['approve', runId, '--reject', '--feedback', 'too vague'], cwd)
    expect(rejected).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('too vague') })
    const shown = await executeMayfly(['runs', 'show', runId], cwd)
    expect(shown.stdout).toContain('rejected: step 0 (Plan): too vague')
    expect(shown.stdout).toMatch(new RegExp(`^next .*mayfly retry ${runId}$`, 'm'))
    const late = await executeMayfly(['approve', runId], cwd)
    expect(late).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`mayfly retry ${runId}`) })
  })

  test('shows what a run that waits has spent, whose session is whose, and what to do next', async () => {
    const { stdout } = await run('--json', '--max-attempts', '5')
    const { runId } = JSON.parse(stdout)
    const shown = await executeMayfly(['runs', 'show', runId], cwd)
    expect(shown.stdout).toMatch(new RegExp(`^next .*mayfly approve ${runId}`, 'm'))
    expect(shown.stdout).toMatch(/^spent .* 1 attempts of 5/m)
    expect(shown.stdout).toMatch(/^session of 0 /m)
    const watched = new MayflyProcess(['runs', 'watch', runId], cwd)
    await once(watched.child.stdout, 'data')
    const cancelled = await executeMayfly(['cancel', runId], cwd)
    expect(cancelled.exitCode).toBe(0)
    expect((await watched.ended()).stdout).toContain(`mayfly approve ${runId}`)
  })

  test('says that it is interrupted and how to go on when a signal ends its process', async () => {
    const args = [
      'run',
      '--all-steps',
      '--prompt',
      'Greet',
      '--workflow',
      'flow.yaml',
      '--agent',
      fixtureAgent('waiting'),
    ]
    const running = new MayflyProcess([...args, '--json'], cwd)
    await running.saysInLog(/works on step 0/)
    running.child.kill('SIGINT')
    const { exitCode, stdout, stderr } = await running.ended()
    expect(exitCode).toBe(130)
    const { runId, status } = JSON.parse(stdout)
    expect(status).toBe('interrupted')
    expect(stderr).toContain(`mayfly resume ${runId}`)
  })

  test('names every agent that is missing, and how to say who it is', async () => {
    const { exitCode, stderr } = await executeMayfly(
      ['run', '--all-steps', '--prompt', 'Greet', '--workflow', 'flow.yaml', '--agent-for', 'lead=planner'],
      cwd,
    )
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--agent-for developer=<agent>')
  })

  test('is refused where another whole run works, with its id', async () => {
    const { stdout } = await run('--json')
    const { exitCode, stderr } = await run()
    expect(exitCode).toBe(2)
    expect(stderr).toContain(JSON.parse(stdout).runId)
    expect(stderr).toContain('--wait')
  })

  test.each([
    [['--input', 'language'], 'expected name=value'],
    [['--input', 'language=Dutch'], 'language'],
    [['--max-tokens', 'many'], '--max-tokens'],
    [['--worktree', 'throw'], 'merge, leave'],
    [['--workflow', 'folder.yaml'], 'is not a file'],
  ])('refuses %j', async (more, said) => {
    const { exitCode, stderr } = await run(...more)
    expect({ exitCode, said: stderr.includes(said) || stderr }).toEqual({ exitCode: 2, said: true })
  })
})

describe('mayfly workflows', () => {
  test('lists, shows, checks and draws', async () => {
    const [list, show, validate, graph] = await Promise.all([
      executeMayfly(['workflows', 'list', '--json'], cwd),
      executeMayfly(['workflows', 'show', 'flow.yaml'], cwd),
      executeMayfly(['workflows', 'validate', 'flow.yaml'], cwd),
      executeMayfly(['workflows', 'graph', 'flow.yaml'], cwd),
    ])
    expect(JSON.parse(list.stdout).workflows.map(({ name }: { name: string }) => name)).toContain('feature-flow')
    expect(show.stdout).toContain('a person decides after it')
    expect(validate).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('nothing is wrong') })
    expect(graph.stdout).toContain('flowchart TD')
  })

  test('names every mistake with line and column', async () => {
    writeFileSync(join(cwd, 'bad.yaml'), 'name: bad\nsteps:\n  - { step: 0, name: A, agent: a, needs: [7] }\n')
    const { exitCode, stderr, stdout } = await executeMayfly(['workflows', 'validate', 'bad.yaml', '--json'], cwd)
    expect(exitCode).toBe(2)
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({ valid: false, problems: [{ line: 3 }] })
  })
})

test('mayfly agents says what can be used and why something cannot', async () => {
  const { stdout, exitCode } = await executeMayfly(['agents', '--json'], cwd, { PATH: '/nonexistent' })
  expect(exitCode).toBe(0)
  const { agents } = JSON.parse(stdout)
  expect(agents[0]).toMatchObject({ name: 'planner', isAvailable: true, isPaid: false })
  expect(agents).toContainEqual(
    expect.objectContaining({ name: 'claude', isAvailable: false, reason: 'claude is not on PATH' }),
  )
})

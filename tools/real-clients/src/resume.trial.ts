import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recipes } from './recipes.ts'
import { eachClient } from './trial/each-client.ts'
import type { RunDocument } from './trial/run-document.ts'
import { Trial } from './trial/trial.ts'
import { usedBy } from './trial/usage.ts'

const flow = { name: 'flow', steps: [{ step: 0, name: 'Build', agent: 'developer' }] }

/** One step of the planner's routing, and a whole workflow. */
const ways = [
  ['one step', []],
  ['a whole workflow', ['--all-steps', '--workflow', './flow.yaml']],
] as const

eachClient((client) => {
  const { quickFailure } = recipes[client.client]

  const twice = ['--attempts', '2', '--backoff', '1ms']

  /** And each token is counted once, whichever attempt tells of it; or not known, and not 0. */
  const expectResumed = (trial: Trial, record: RunDocument): void => {
    const { run, sessions } = record
    expect(run).toMatchObject({ status: 'completed', error: null })
    expect(sessions.map(({ status }) => status)).toEqual(['failed', 'completed'])
    expect(sessions[0]?.agentSession).toEqual(expect.any(String))
    expect(sessions[1]?.agentSession).toBe(sessions[0]?.agentSession)
    if (trial.recipe.countsCutShort) expect(usedBy(record)).toEqual(trial.counted)
    else expect(sessions[0]?.outputTokens).toBeNull()
    // The model is sent what was said before.
    expect(JSON.stringify(trial.server.exchanges().at(-1)?.body)).toContain('Working on it.')
    expect({ left: trial.leftovers, leaks: trial.leaks }).toEqual({ left: [], leaks: [] })
  }

  test.runIf(quickFailure !== null).each(ways)(
    'takes its session up again after its endpoint failed (%s)',
    async (_way, more) => {
      await using trial = await Trial.open(client, { environment: quickFailure?.environment ?? {} })
      trial.put('flow.yaml', JSON.stringify(flow))
      const write = trial.recipe.write(join(trial.workspace, 'hello.txt'), 'hi')
      trial.server.enqueue({ turns: [[write]] }, quickFailure?.script ?? '', { text: 'Done.' })
      const run = await trial.run(...twice, ...more)
      expectResumed(trial, run)
    },
  )

  test.each(ways)('takes its session up again after a limit ended it (%s)', async (_way, more) => {
    await using trial = await Trial.open(client)
    trial.put('flow.yaml', JSON.stringify(flow))
    const limits = { startTimeoutMs: 15_000, idleTimeoutMs: 15_000 }
    trial.put('agents.yaml', JSON.stringify({ agents: { limited: { client: client.client, limits } } }))
    const write = trial.recipe.write(join(trial.workspace, 'hello.txt'), 'hi')
    trial.server.enqueue({ turns: [[write]] }, 'hang', { text: 'Done.' })
    const run = await trial.run(...twice, ...more, '--agents-file', 'agents.yaml', '--agent', 'limited')
    expectResumed(trial, run)
  })

  test('takes its session up again when a person says retry', async () => {
    await using trial = await Trial.open(client)
    trial.put(
      'agents.yaml',
      JSON.stringify({ agents: { limited: { client: client.client, limits: { idleTimeoutMs: 15_000 } } } }),
    )
    const write = trial.recipe.write(join(trial.workspace, 'hello.txt'), 'hi')
    trial.server.enqueue({ turns: [[write]] }, 'hang', { text: 'Done.' })
    const first = await trial.run('--agents-file', 'agents.yaml', '--agent', 'limited')
    expect(first.run).toMatchObject({ status: 'failed', error: { code: 'AGENT_IDLE' } })
    await trial.mayfly('retry', 'run-1')
    expectResumed(trial, await trial.record())
  })
})

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recipes } from './recipes.ts'
import { eachClient } from './trial/each-client.ts'
import { Trial } from './trial/trial.ts'
import { usedBy } from './trial/usage.ts'

/** Milliseconds; long enough that every client has asked its model by then. */
const LIMIT = 12_000

eachClient((client) => {
  const { tellsTokensAtOnce } = recipes[client.client]

  const agents = (limits: Readonly<Record<string, number>>): string =>
    JSON.stringify({ agents: { limited: { client: client.client, limits } } })

  const runLimited = async (trial: Trial, limits: Readonly<Record<string, number>>) => {
    trial.put('agents.yaml', agents(limits))
    return await trial.run('--agents-file', 'agents.yaml', '--agent', 'limited')
  }

  test('is ended by a limit on its time while its endpoint says 429 for ever', async () => {
    await using trial = await Trial.open(client, { script: '429-after30' })
    const { run } = await runLimited(trial, { timeoutMs: LIMIT })
    expect(trial.server.ledger().refused).toBeGreaterThan(0)
    expect(run).toMatchObject({ status: 'failed', error: { code: 'AGENT_TIMEOUT' } })
    expect({ left: trial.leftovers, leaks: trial.leaks }).toEqual({ left: [], leaks: [] })
  })

  test.each(['hang', 'hangmid'])('is ended by a limit on its silence (%s)', async (script) => {
    await using trial = await Trial.open(client, { script })
    const { run } = await runLimited(trial, { startTimeoutMs: LIMIT, idleTimeoutMs: LIMIT })
    expect(trial.server.ledger().requests).toBeGreaterThan(0)
    expect(run).toMatchObject({ status: 'failed', error: { code: 'AGENT_IDLE' } })
    expect({ left: trial.leftovers, leaks: trial.leaks }).toEqual({ left: [], leaks: [] })
  })

  /** Its model calls a tool for ever. */
  const runEndless = async (trial: Trial) => {
    const call = trial.recipe.write(join(trial.workspace, 'again.txt'), 'again')
    trial.server.enqueue(...Array.from({ length: 100 }, () => ({ turns: [[call]], repeat: true })))
    return await runLimited(trial, { maxTokens: 6_000 })
  }

  test.runIf(tellsTokensAtOnce)('is ended by a limit on its tokens', async () => {
    await using trial = await Trial.open(client)
    const run = await runEndless(trial)
    expect(run.run).toMatchObject({ status: 'failed', error: { code: 'AGENT_LIMIT' } })
    expect(trial.server.ledger().requests).toBeLessThan(20)
    expect(usedBy(run).inputTokens).toBeGreaterThan(4_000)
    expect(trial.leftovers).toEqual([])
  })

  test.runIf(!tellsTokensAtOnce)('is not run with a limit on its tokens, which it would tell too late', async () => {
    await using trial = await Trial.open(client)
    const { run } = await runEndless(trial)
    expect(run).toMatchObject({ status: 'failed', error: { code: 'AGENT_OPTION_UNSUPPORTED' } })
    expect(trial.server.ledger().requests).toBe(0)
  })
})

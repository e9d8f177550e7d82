import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eachClient } from './trial/each-client.ts'
import { places } from './trial/places.ts'
import { Trial } from './trial/trial.ts'
import { usedBy } from './trial/usage.ts'

eachClient((client) => {
  test.each(places)('answers, and its record says what the server counted (%s)', async (_place, where) => {
    await using trial = await Trial.open(client, { script: { text: 'Hello from the model.' } })
    const run = await trial.run(...where)
    expect(run.run).toMatchObject({ status: 'completed', error: null })
    const answer = run.artifacts.find(({ name }) => name === 'answer.md')
    expect(readFileSync(answer?.path ?? '', 'utf8')).toContain('Hello from the model.')
    expect(usedBy(run)).toEqual(trial.counted)
    expect(run.sessions[0]?.agentSession).not.toBeNull()
    expect({ left: trial.leftovers, leaks: trial.leaks }).toEqual({ left: [], leaks: [] })
  })

  test('asks its endpoint, with its key, and nobody else', async () => {
    await using trial = await Trial.open(client)
    await trial.run()
    const keys = trial.server.exchanges().map(({ headers }) => JSON.stringify(headers).includes(trial.key))
    expect(keys).toContain(true)
    expect(keys).not.toContain(false)
    expect(trial.outside.asked.filter((host) => !trial.recipe.asksOutside?.test(host))).toEqual([])
  })

  test('writes a file into the workspace with the permission that is usual', async () => {
    await using trial = await Trial.open(client)
    const path = join(trial.workspace, 'hello.txt')
    trial.server.enqueue({ turns: [[trial.recipe.write(path, 'hi')]] }, { text: 'Written.' })
    const run = await trial.run()
    expect(run.run).toMatchObject({ status: 'completed', error: null })
    expect(readFileSync(path, 'utf8').trim()).toBe('hi')
    expect(usedBy(run)).toEqual(trial.counted)
    expect({ left: trial.leftovers, leaks: trial.leaks }).toEqual({ left: [], leaks: [] })
  })
})

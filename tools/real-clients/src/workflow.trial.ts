import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eachClient } from './trial/each-client.ts'
import { places } from './trial/places.ts'
import { Trial } from './trial/trial.ts'
import { usedBy } from './trial/usage.ts'

const flow = {
  name: 'flow',
  steps: [
    { step: 0, name: 'Plan', agent: 'lead', outputs: ['notes.md'] },
    { step: 1, name: 'Build', agent: 'developer', inputs: ['notes.md (from step 0)'] },
    { step: 2, name: 'Review', agent: 'reviewer' },
  ],
}

eachClient((client) => {
  test.each(places)('does every step of a workflow (%s)', async (_place, where) => {
    await using trial = await Trial.open(client)
    trial.put('flow.yaml', JSON.stringify(flow))
    const at = (name: string): string => join(trial.workspace, name)
    trial.server.enqueue(
      { turns: [[trial.recipe.write(at('notes.md'), 'Say it in Dutch: 4711')]] },
      { text: 'Planned.' },
      { turns: [[trial.recipe.write(at('hello.txt'), 'hallo')]] },
      { text: 'Built.' },
      { text: 'Reviewed.' },
    )
    const run = await trial.run('--all-steps', '--workflow', './flow.yaml', ...where)
    expect(run.run).toMatchObject({ status: 'completed', error: null })
    expect(run.steps.map(({ name, status }) => [name, status])).toEqual([
      ['Plan', 'completed'],
      ['Build', 'completed'],
      ['Review', 'completed'],
    ])
    expect(readFileSync(at('hello.txt'), 'utf8')).toBe('hallo')
    // What one step wrote is told to the next, which has a session of its own.
    const told = trial.server.exchanges().filter(({ body }) => JSON.stringify(body).includes('Say it in Dutch: 4711'))
    expect(told.length).toBeGreaterThan(0)
    expect(new Set(run.sessions.map(({ agentSession }) => agentSession)).size).toBe(3)
    expect(usedBy(run)).toEqual(trial.counted)
    expect({ left: trial.leftovers, leaks: trial.leaks }).toEqual({ left: [], leaks: [] })
  })
})

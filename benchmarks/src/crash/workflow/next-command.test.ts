import { expect, test } from 'vitest'
import { nextCommand, RUN_ID } from './next-command.ts'
import { scenarios } from './scenario.ts'

const rejected = scenarios.find(({ name }) => name.startsWith('rejected'))
if (rejected === undefined) throw new Error('expected a scenario with a rejection')

test.each([
  ['is not on record', undefined, 'run'],
  ['waits for the first answer', { status: 'waiting', code: null, decisions: 0 }, 'approve'],
  ['was rejected', { status: 'failed', code: 'APPROVAL_REJECTED', decisions: 1 }, 'retry'],
  ['was interrupted', { status: 'interrupted', code: null, decisions: 1 }, 'resume'],
  ['was left in the queue', { status: 'queued', code: null, decisions: 1 }, 'resume'],
])('a run that %s is gone on with', (_how, standing, command) => {
  expect(nextCommand(rejected, standing)?.[0]).toBe(command)
})

test.each([
  ['has completed', { status: 'completed', code: null, decisions: 2 }],
  ['has failed of what nobody expected', { status: 'failed', code: 'STEP_FAILED', decisions: 0 }],
])('a run that %s is left as it is', (_how, standing) => {
  expect(nextCommand(rejected, standing)).toBeUndefined()
})

test('a person gives each answer once', () => {
  const answers = [0, 1].map((decisions) => nextCommand(rejected, { status: 'waiting', code: null, decisions }))
  expect(answers).toEqual([
    ['approve', RUN_ID, '--reject', '--feedback', 'too vague'],
    ['approve', RUN_ID],
  ])
})

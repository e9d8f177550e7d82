import { expect, test } from 'vitest'
import { taskNames } from './catalogue/index.ts'
import { parseMatrixOptions, UsageError } from './options.ts'
import { subjectNames } from './subjects/index.ts'

test('without options every task meets every subject, and nothing is written', () => {
  const options = parseMatrixOptions([])
  expect(options).toMatchObject({ tasks: taskNames, subjects: subjectNames, json: false, write: false, tap: undefined })
})

test('tasks and subjects can be chosen, more than one of each, in the order of the catalogue', () => {
  const { tasks, subjects } = parseMatrixOptions([
    '--only',
    'spin',
    '--only',
    'exit-0',
    '--subject',
    'piscina',
    '--ours',
  ])
  expect(tasks).toEqual(['exit-0', 'spin'])
  expect(subjects).toEqual(['mayfly-thread', 'mayfly-process', 'piscina'])
})

test('a seed is kept, a separator that pnpm hands on is not an option', () => {
  expect(parseMatrixOptions(['--', '--seed', '42', '--json', '--tap', 'a.tap'])).toMatchObject({
    seed: 42,
    json: true,
    tap: 'a.tap',
  })
})

test.each([
  [['--only', 'no-such-task'], /Unknown task no-such-task\. Known: exit-0, exit-7, /],
  [['--subject', 'bree'], /Unknown subject bree\. Known: mayfly-thread, mayfly-process, piscina, /],
  [['--seed', 'seven'], /--seed: expected a whole number, got "seven"/],
  [['--nonsense'], /--nonsense/],
])('%j is refused, saying what is known', (args, message) => {
  expect(() => parseMatrixOptions(args)).toThrow(UsageError)
  expect(() => parseMatrixOptions(args)).toThrow(message)
})

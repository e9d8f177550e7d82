import { expect, test } from 'vitest'
import { inheritedArguments } from './process-arguments.ts'

test('a worker process inherits how modules are found, and nothing that limits, listens or runs', () => {
  const given = [
    '--inspect=0',
    '-C',
    'source',
    '--conditions=a',
    '--max-old-space-size=300',
    '--eval',
    'x',
    '--import',
    'y',
  ]
  expect(inheritedArguments(given, false)).toEqual(['-C', 'source', '--conditions=a', '--import', 'y'])
  expect(inheritedArguments(given, true)).toEqual(['-C', 'source', '--conditions=a'])
})

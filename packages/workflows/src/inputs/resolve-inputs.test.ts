import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PlannedInput } from '../plan/planned-input.ts'
import { InputsError } from './inputs-error.ts'
import { resolveInputs } from './resolve-inputs.ts'

const input = (more: Partial<PlannedInput> = {}): PlannedInput => ({ name: 'n', type: 'any', required: true, ...more })
const resolve = (more: Partial<PlannedInput>, given: unknown) =>
  resolveInputs({ name: 'w', inputs: [input(more)] }, { n: given })['n']

test.each<[Partial<PlannedInput>, unknown, unknown]>([
  [{ type: 'string' }, 'x', 'x'],
  [{ type: 'string' }, '3', '3'],
  [{ type: 'number' }, '-1.5e1', -15],
  [{ type: 'integer' }, 3, 3],
  [{ type: 'boolean' }, 'true', true],
  [{ type: 'list' }, '["a", 1]', ['a', 1]],
  [{ type: 'map' }, { a: null }, { a: null }],
  [{ type: 'any' }, 'true', 'true'],
  [{ type: 'any' }, [1], [1]],
  [{ enum: [1, 'two'] }, 'two', 'two'],
  [{ type: 'string', pattern: '^\\d+$' }, '12', '12'],
  [{ type: 'number', minimum: 1, maximum: 3 }, '3', 3],
])('%j takes %j as %j', (more, given, value) => {
  expect(resolve(more, given)).toEqual(value)
})

test.each<[Partial<PlannedInput>, unknown, string]>([
  [{ type: 'string' }, 3, 'expected text, got 3'],
  [{ type: 'number' }, 'three', 'expected a number, got "three"'],
  [{ type: 'number' }, '"3"', 'expected a number, got "\\"3\\""'],
  [{ type: 'integer' }, '1.5', 'expected a whole number, got "1.5"'],
  [{ type: 'integer' }, '9007199254740993', 'expected a whole number'],
  [{ type: 'boolean' }, 'yes', 'expected true or false, got "yes"'],
  [{ type: 'list' }, '{}', 'expected a list, got "{}"'],
  [{ type: 'map' }, '[]', 'expected a map, got "[]"'],
  [{ type: 'map' }, null, 'expected a map, got null'],
  [{ enum: ['a', 'b'] }, 'c', 'expected one of "a", "b", got "c"'],
  [{ minimum: 2 }, 1, 'expected a number from 2 on, got 1'],
  [{ maximum: 2 }, 3, 'expected a number up to 2, got 3'],
  [{ minLength: 2 }, 'a', 'expected a length from 2 on, got 1'],
  [{ maxLength: 2 }, 'abc', 'expected a length up to 2, got 3'],
  [{ pattern: '^\\d+$' }, 'a1', 'expected text that matches ^\\d+$, got "a1"'],
  [{ pattern: '^(a+)+$' }, `${'a'.repeat(60)}!`, 'cannot be compared with ^(a+)+$: took longer than 250 ms'],
  [{}, () => 1, 'expected a value that JSON can say'],
  [{}, 'x'.repeat(1_000_000), 'is longer than 1000000 characters'],
])('%j refuses %j', (more, given, message) => {
  expect(() => resolve(more, given)).toThrow(message)
})

describe('what is not given', () => {
  test('has its default, is absent when it is optional, and is refused when it is required', () => {
    expect(resolve({ required: false, default: [1] }, undefined)).toEqual([1])
    expect(resolveInputs({ name: 'w', inputs: [input({ required: false })] }, {})).toEqual({})
    expect(() => resolve({}, undefined)).toThrow('input "n": is missing')
  })
})

test('every problem is in one error, with what the workflow does not know', () => {
  const plan = { name: 'release', inputs: [input({ name: 'a' }), input({ name: 'b', type: 'number' })] }
  try {
    resolveInputs(plan, { b: 'x', constructor: 1 })
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(InputsError)
    expect(error).toMatchObject({
      code: 'WORKFLOW_INPUT_INVALID',
      workflow: 'release',
      problems: [
        { input: 'constructor', message: 'is not known: known are a, b' },
        { input: 'a', message: 'is missing' },
        { input: 'b', message: 'expected a number, got "x"' },
      ],
    })
  }
})

test('whatever comes out is of the type that was asked for, and comes out again when it is given again', () => {
  const types = fc.constantFrom('string', 'number', 'integer', 'boolean', 'list', 'map', 'any') as fc.Arbitrary<
    PlannedInput['type']
  >
  fc.assert(
    fc.property(types, fc.oneof(fc.jsonValue(), fc.json()), (type, given) => {
      let value: unknown
      try {
        value = resolve({ type }, given)
      } catch (error) {
        return error instanceof InputsError
      }
      expect(resolve({ type }, value)).toEqual(value)
      return true
    }),
  )
})

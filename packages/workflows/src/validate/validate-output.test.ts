import { describe, expect, test } from 'vitest'
import { SchemaError } from './schema-error.ts'
import { validateOutput } from './validate-output.ts'

const draft07 = 'http://json-schema.org/draft-07/schema#'
const draft2020 = 'https://json-schema.org/draft/2020-12/schema'

const review = {
  $schema: draft07,
  $id: 'https://example.com/review.json',
  definitions: { finding: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } } },
  type: 'object',
  required: ['score', 'findings'],
  properties: {
    score: { type: 'number', minimum: 0, maximum: 10 },
    verdict: { enum: ['pass', 'fail'] },
    findings: { type: 'array', items: { $ref: '#/definitions/finding' } },
  },
  additionalProperties: false,
}

test('an output that fits has no problems, every time', () => {
  for (let time = 0; time < 2; time++)
    expect(validateOutput(review, { score: 8, findings: [{ text: 'a' }] })).toEqual([])
})

test('each problem is a short line that says where', () => {
  expect(validateOutput(review, { score: '8', verdict: 'maybe', findings: [{}, { text: 7 }], more: 1 })).toEqual([
    'the output: must NOT have additional properties: "more"',
    'score: must be number',
    'verdict: must be equal to one of the allowed values: ["pass","fail"]',
    "findings[0]: must have required property 'text'",
    'findings[1].text: must be string',
  ])
})

test('twenty problems are shown, and how many more there are', () => {
  const lines = validateOutput(
    { items: { type: 'string' } },
    Array.from({ length: 50 }, (_, index) => index),
  )
  expect(lines).toHaveLength(21)
  expect(lines.at(-1)).toBe('and 30 more')
})

describe('the draft', () => {
  test.each([
    ['draft-07', { $schema: draft07, items: [{ type: 'string' }] }],
    ['2019-09', { $schema: 'https://json-schema.org/draft/2019-09/schema', items: [{ type: 'string' }] }],
    ['2020-12', { $schema: draft2020, prefixItems: [{ type: 'string' }] }],
    ['2020-12 when it does not say', { prefixItems: [{ type: 'string' }] }],
  ])('%s', (_draft, schema) => {
    expect(validateOutput(schema, ['a'])).toEqual([])
    expect(validateOutput(schema, [1])).toEqual(['[0]: must be string'])
  })

  test('true and false are schemas', () => {
    expect(validateOutput(true, 1)).toEqual([])
    expect(validateOutput(false, 1)).toEqual(['the output: boolean schema is false'])
  })
})

describe('a schema that cannot be used is an error of its own', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic['properties'] = { cyclic }

  test.each<[string, unknown, string]>([
    ['another draft', { $schema: 'http://json-schema.org/draft-04/schema#' }, 'expected draft-07, 2019-09 or 2020-12'],
    ['a wrong keyword', { type: 'objekt' }, 'must be equal to one of the allowed values'],
    ['a wrong regular expression', { type: 'string', pattern: '(' }, 'Invalid regular expression'],
    ['no schema', 'text', 'expected an object'],
    ['nothing', undefined, 'expected an object'],
    ['a list', [], 'expected an object'],
    [
      'a reference elsewhere',
      { $ref: 'https://example.com/other.json' },
      'it refers to https://example.com/other.json, which is not in it, and nothing is fetched',
    ],
    ['a reference to a file', { properties: { a: { $ref: 'other.json#/a' } } }, 'it refers to other.json'],
    ['a reference to nowhere', { $ref: '#/definitions/nothing' }, 'it refers to #/definitions/nothing'],
    ['a cycle', cyclic, 'it is not JSON'],
    ['a promise', { $async: true, type: 'string' }, '$async'],
  ])('%s', (_name, schema, message) => {
    expect(() => validateOutput(schema, {})).toThrow(SchemaError)
    expect(() => validateOutput(schema, {})).toThrow(message)
  })

  test('a schema that refers to itself is fine', () => {
    const tree = { type: 'object', properties: { children: { type: 'array', items: { $ref: '#' } } } }
    expect(validateOutput(tree, { children: [{ children: [7] }] })).toEqual(['children[0].children[0]: must be object'])
  })

  test.each<[string, unknown, unknown, string]>([
    ['too long', { description: 'x'.repeat(500_000) }, 1, 'more than 500000'],
    ['too slow', { pattern: '^(a+)+$' }, `${'a'.repeat(60)}!`, 'took longer than 2000 ms'],
    ['too deep a value', { properties: { a: { $ref: '#' } } }, deep(50_000), 'nested too deeply'],
  ])('%s', (_name, schema, value, message) => {
    const error = expect.objectContaining({ code: 'SCHEMA_TOO_COSTLY', message: expect.stringContaining(message) })
    expect(() => validateOutput(schema, value)).toThrow(error)
  })
})

function deep(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = { a: value }
  return value
}

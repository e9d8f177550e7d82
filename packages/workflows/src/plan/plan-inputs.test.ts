import { expect, test } from 'vitest'
import { parseWorkflow } from '../parse-workflow.ts'
import { planWorkflow } from './plan-workflow.ts'
import type { PlannedInput } from './planned-input.ts'

const step = 'steps: [{ step: 0, name: S, agent: a }]\n'
const inputsOf = (written: string): readonly PlannedInput[] =>
  planWorkflow(parseWorkflow(`name: x\n${step}${written}\n`, 'f.yaml')).inputs

const required = (name: string) => ({ name, type: 'any', required: true })
const optional = (name: string) => ({ name, type: 'any', required: false })

test.each([
  ['', []],
  ['workflow_inputs: []', []],
  ['workflow_inputs: [files, standard]', [required('files'), required('standard')]],
  ['workflow_inputs: [files, { name: deep, required: false }]', [required('files'), optional('deep')]],
  ['workflow_inputs: { required: [a], optional: [b] }', [required('a'), optional('b')]],
  ['workflow_inputs: { required: [{ name: a, type: int }], optional: }', [{ ...required('a'), type: 'integer' }]],
  ['workflow_inputs: { required: { required: false }, b: }', [optional('required'), required('b')]],
  [
    'workflow_inputs: { a: number, b: What it is for }',
    [
      { ...required('a'), type: 'number' },
      { ...required('b'), description: 'What it is for' },
    ],
  ],
  [
    'inputs: { max: { type: number, required: false, default: 5 } }',
    [{ name: 'max', type: 'number', required: false, default: 5 }],
  ],
  ['inputs: [a]', []],
  [
    'workflow_inputs: { v: { type: string, default: "1.0", pattern: "^1", minLength: 2, maxLength: 9, enum: ["1.0", "1.1"] } }',
    [
      {
        name: 'v',
        type: 'string',
        required: false,
        default: '1.0',
        pattern: '^1',
        minLength: 2,
        maxLength: 9,
        enum: ['1.0', '1.1'],
      },
    ],
  ],
  [
    'workflow_inputs: { n: { type: array, default: [1, { a: null }] } }',
    [{ name: 'n', type: 'list', required: false, default: [1, { a: null }] }],
  ],
])('%j', (written, inputs) => {
  expect(inputsOf(written)).toEqual(inputs)
})

test.each([
  [
    'workflow_inputs: 7',
    '3:18: workflow_inputs: expected a list of names, or a map from names to what is known about them',
  ],
  ['workflow_inputs: [7]', '3:19: workflow_inputs[0]: expected a name of letters'],
  ['workflow_inputs: [{ type: string }]', '3:19: workflow_inputs[0]: expected a name of letters'],
  ['workflow_inputs: { "a b": string }', '3:27: workflow_inputs.a b: expected a name of letters'],
  [
    'workflow_inputs: { a: { type: date } }',
    '3:31: workflow_inputs.a.type: expected string, number, integer, boolean, list, map or any',
  ],
  ['workflow_inputs: { a: [1] }', '3:23: workflow_inputs.a: expected a map such as'],
  ['workflow_inputs: { a: { pattern: "(" } }', '3:34: workflow_inputs.a.pattern: expected a regular expression'],
  ['workflow_inputs: { a: { enum: [] } }', '3:31: workflow_inputs.a.enum: expected at least one value'],
  [
    'workflow_inputs: { a: { type: int, default: 1.5 } }',
    '3:45: workflow_inputs.a.default: expected a whole number, got 1.5',
  ],
  [
    'workflow_inputs: { a: { enum: [b, c], default: d } }',
    '3:48: workflow_inputs.a.default: expected one of "b", "c", got "d"',
  ],
  ['workflow_inputs: [a, b, a]', '3:18: workflow_inputs: the input a is defined twice'],
])('%j is refused with its place', (written, message) => {
  expect(() => inputsOf(written)).toThrow(`f.yaml:${message}`)
})

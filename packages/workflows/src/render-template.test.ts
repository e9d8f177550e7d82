import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderTemplate } from './render-template.ts'

const values = { workflow_id: 'run-1', price: '$& $1 {{workflow_id}}' }

test.each([
  ['plan-{{workflow_id}}.json', 'plan-run-1.json'],
  ['{{ workflow_id }}/{{workflow_id}}', 'run-1/run-1'],
  ['{{{workflow_id}}}', '{run-1}'],
  ['{{price}}', '$& $1 {{workflow_id}}'],
  ['{workflow_id} }} {{ {', '{workflow_id} }} {{ {'],
  ['\\{{workflow_id}} {{workflow_id}} \\{{gone}}', '{{workflow_id}} run-1 {{gone}}'],
  ['', ''],
])('%j becomes %j', (text, rendered) => {
  expect(renderTemplate(text, values)).toBe(rendered)
})

describe('a name without a value is refused', () => {
  test.each(['{{gone}}', '{{}}', '{{workflow id}}', '{{__proto__}}', '{{constructor}}', '{{#if x}}'])('%s', (text) => {
    const render = () => renderTemplate(text, values)
    expect(render).toThrow(expect.objectContaining({ code: 'WORKFLOW_TEMPLATE_UNKNOWN', known: Object.keys(values) }))
    expect(render).toThrow('workflow_id')
  })
})

test('a text without braces stays as it is', () => {
  fc.assert(
    fc.property(fc.string(), (text) => renderTemplate(text.replace(/[{}]/g, ''), {}) === text.replace(/[{}]/g, '')),
  )
})

test.each(['{', '{{', '{{ ', '{{a', '}'])('a megabyte of %j is read in linear time', (unit) => {
  const text = unit.repeat(1_000_000 / unit.length)
  expect(renderTemplate(text, {})).toBe(text)
})

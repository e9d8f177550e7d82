import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseWorkflow } from './parse-workflow.ts'
import { planWorkflow } from './plan/plan-workflow.ts'
import { WorkflowError } from './workflow-error.ts'

const page = readFileSync(new URL('../../../docs/workflows.md', import.meta.url), 'utf8')
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** Each example, with the lines that the page says come of it. */
const examples = Array.from(
  `${page}\n${readme}`.matchAll(/```yaml\n(.*?)```(?:\s*```text\n(.*?)```)?/gs),
  ([, text = '', said = '']): [string, string, string[]] => {
    const [, name = ''] = /^name: (.*)$/m.exec(text) ?? []
    return [name, text, said.split('\n').filter((line) => line !== '')]
  },
)

/** Problems, or else notes, as the page writes them. */
function comesTo(text: string): string[] {
  try {
    const { notes } = planWorkflow(parseWorkflow(text, 'example.yaml'))
    return notes.map(({ line, column, path, message }) => `${line}:${column} note ${path}: ${message}`)
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error
    return error.problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`)
  }
}

test.each(examples)('the example %s comes to what the page says', (_name, text, said) => {
  expect(comesTo(text)).toEqual(said)
})

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(8)
})

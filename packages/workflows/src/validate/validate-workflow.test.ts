import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { validateWorkflow } from './validate-workflow.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workflow-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function write(text: string): Promise<string> {
  const file = join(folder, 'w.yaml')
  await writeFile(file, text)
  return file
}

test('a file that is right has its plan and its notes', async () => {
  const file = await write('name: x\nsteps:\n  - { step: 0, name: S, agent: a, condition: if it rains }\n')
  const { plan, ...rest } = await validateWorkflow(file)
  expect(rest).toMatchObject({ file, problems: [], notes: [{ step: 0, line: 3, column: 46 }] })
  expect(plan?.notes).toEqual(rest.notes)
})

test.each([
  ['a syntax error', 'name: x\nsteps: [\n', '3:1'],
  ['no workflow', 'name: x\n', '1:1'],
  ['no plan', 'name: x\nsteps:\n  - { step: 0, name: S, agent: a, needs: [5] }\n', '3:43'],
])('%s is reported with its place', async (_name, text, place) => {
  const file = await write(text)
  const { plan, problems, notes } = await validateWorkflow(file)
  expect([plan, notes]).toEqual([null, []])
  expect(problems.map(({ line, column }) => `${line}:${column}`)).toEqual([place])
})

test('a file that is not there is an error', async () => {
  await expect(validateWorkflow(join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'WORKFLOW_NOT_FOUND' })
})

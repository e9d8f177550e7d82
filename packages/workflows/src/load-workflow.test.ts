import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findWorkflow } from './find-workflow.ts'
import { loadWorkflow } from './load-workflow.ts'

const valid = 'name: mine\nsteps:\n  - { step: 0, name: Plan, agent: planner }\n'
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workflows-'))
  await mkdir(join(folder, 'folder.yaml'))
  await writeFile(join(folder, 'mine.yaml'), valid)
  await writeFile(join(folder, 'UPPER.YML'), valid)
  await writeFile(join(folder, 'large.yaml'), `${valid}# ${'x'.repeat(2_000_000)}`)
  await writeFile(join(folder, 'latin1.yaml'), Buffer.from(`${valid}# caf\u00e9\n`, 'latin1'))
  await writeFile(join(folder, 'utf16.yaml'), Buffer.from(`\ufeff${valid}`, 'utf16le'))
  await writeFile(join(folder, 'invalid.yaml'), 'name: mine\n')
  execFileSync('mkfifo', [join(folder, 'pipe.yaml')])
})

afterAll(() => rm(folder, { recursive: true }))

test('a file is loaded with its absolute path', async () => {
  expect(await loadWorkflow(join(folder, 'mine.yaml'))).toMatchObject({ name: 'mine', path: join(folder, 'mine.yaml') })
})

describe('a file that cannot be a workflow', () => {
  test.each([
    ['gone.yaml', { name: 'WorkflowFileError', code: 'WORKFLOW_NOT_FOUND' }],
    ['mine.yaml/below.yaml', { code: 'WORKFLOW_NOT_FOUND' }],
    ['large.yaml', { code: 'WORKFLOW_TOO_LARGE' }],
    ['folder.yaml', { code: 'WORKFLOW_UNREADABLE' }],
    ['pipe.yaml', { code: 'WORKFLOW_UNREADABLE' }],
    ['nul\0.yaml', { code: 'WORKFLOW_UNREADABLE' }],
    ['latin1.yaml', { name: 'WorkflowError', code: 'WORKFLOW_SYNTAX', line: 4, column: 6 }],
    ['utf16.yaml', { code: 'WORKFLOW_SYNTAX', line: 1, column: 1 }],
    ['invalid.yaml', { code: 'WORKFLOW_INVALID' }],
  ])('%j is refused, by its name', async (name, expected) => {
    const file = join(folder, name)
    await expect(loadWorkflow(file)).rejects.toMatchObject({ ...expected, file })
    await expect(loadWorkflow(file)).rejects.toThrow(file)
  })
})

describe('finding a workflow', () => {
  test('by its name in the catalogue', async () => {
    expect(await findWorkflow('quick-flow', folder)).toMatchObject({ name: 'quick-flow', complexity: 'low' })
  })

  test.each(['mine.yaml', './mine.yaml', 'UPPER.YML'])('by the path %s from the working directory', async (path) => {
    expect(await findWorkflow(path, folder)).toEqual({
      name: 'mine',
      description: '',
      path: join(folder, path),
      keywords: [],
      priority: 0,
      complexity: 'medium',
    })
  })

  test('by an absolute path', async () => {
    expect(await findWorkflow(join(folder, 'mine.yaml'), '/')).toMatchObject({ name: 'mine' })
  })

  test.each(['nothing', '', 'quick', '__proto__', '../quick-flow', 'mine.json'])(
    '%j says which exist',
    async (name) => {
      const expected = { code: 'WORKFLOW_UNKNOWN', requested: name }
      await expect(findWorkflow(name, folder)).rejects.toMatchObject(expected)
      await expect(findWorkflow(name, folder)).rejects.toThrow('quick-flow, feature-flow, code-quality-flow')
    },
  )

  test('a path to no file says so', async () => {
    await expect(findWorkflow('gone.yaml', folder)).rejects.toMatchObject({ code: 'WORKFLOW_NOT_FOUND' })
  })
})

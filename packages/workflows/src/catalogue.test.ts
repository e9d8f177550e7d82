import { readdir } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { type CatalogueEntry, catalogueEntry, listWorkflows } from './catalogue.ts'
import { loadWorkflow } from './load-workflow.ts'
import { renderTemplate } from './render-template.ts'
import type { Workflow } from './workflow.ts'

const names = ['quick-flow', 'feature-flow', 'code-quality-flow', 'migration-flow', 'incident-flow']
let entries: readonly CatalogueEntry[]
let workflows: Workflow[]

beforeAll(async () => {
  entries = await listWorkflows()
  workflows = await Promise.all(entries.map(({ path }) => loadWorkflow(path)))
})

test('the index says what the files say', async () => {
  const index = workflows.map(catalogueEntry).map(({ path: _path, ...entry }) => entry)
  await expect(`${JSON.stringify(index, null, 2)}\n`).toMatchFileSnapshot('../catalogue/index.json')
})

test('there are five, and asking twice reads them once', async () => {
  expect(entries.map(({ name }) => name)).toEqual(names)
  const files = await readdir(new URL('../catalogue/', import.meta.url))
  expect(files.filter((file) => file.endsWith('.yaml')).toSorted()).toEqual(
    names.map((name) => `${name}.yaml`).toSorted(),
  )
  expect(await listWorkflows()).toBe(entries)
})

describe.each(names.map((name, index) => [name, index] as const))('%s', (name, index) => {
  test('describes itself and says when it is picked', () => {
    expect(entries[index]).toMatchObject({ name, path: workflows[index]?.path })
    expect(entries[index]?.description).not.toBe('')
    expect(entries[index]?.keywords.length).toBeGreaterThan(5)
    expect(new Set(entries[index]?.keywords).size).toBe(entries[index]?.keywords.length)
  })

  test('begins with the planner and takes only what an earlier step gave', () => {
    const steps = workflows[index]?.steps ?? []
    expect(steps[0]).toMatchObject({ step: 0, agent: 'planner' })
    const given = new Set<string>()
    for (const { step, inputs, outputs } of steps) {
      for (const input of inputs) expect(given, `step ${step}`).toContain(input)
      for (const output of outputs) given.add(`${output} (from step ${step})`)
    }
  })

  test('has no placeholder but workflow_id', () => {
    expect(() => renderTemplate(JSON.stringify(workflows[index]), { workflow_id: 'w' })).not.toThrow()
  })
})

test('no keyword belongs to two workflows, and no priority', () => {
  const keywords = entries.flatMap((entry) => entry.keywords)
  expect(keywords.filter((keyword, index) => keywords.indexOf(keyword) !== index)).toEqual([])
  expect(new Set(entries.map(({ priority }) => priority)).size).toBe(entries.length)
})

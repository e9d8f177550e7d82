import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Theatre } from './rehearsal.ts'
import { scenarios } from './scenario.ts'
import { makeTemplate } from './stage.ts'
import { tryScenario } from './workflow-campaign.ts'

/* A few of the deaths that `pnpm crash --workflow` tries all of. */

let theatre: Theatre

beforeAll(() => {
  const scratch = mkdtempSync(join(tmpdir(), 'mayfly-whole-crash-'))
  const { template } = makeTemplate(scratch, ['README.md', 'packages/feature-flags'])
  theatre = { scratch, template, mark: `${process.pid}-${Date.now().toString(36)}` }
})

afterAll(() => rmSync(theatre.scratch, { recursive: true, force: true }))

test.each([
  ['approved', 4, 1],
  ['approved, in workers that are processes', 1, 0],
  ['rejected, then retried and approved', 2, 0],
  ['attempts spent, then given more', 2, 0],
] as const)('a whole workflow, %s, comes to the same end when its process is killed', async (name, points, storms) => {
  const scenario = scenarios.find((known) => known.name === name)
  if (scenario === undefined) throw new Error(`There is no scenario ${name}`)
  const how = { points, storms, seed: 1, atOnce: 1, onProgress: () => {} }
  const { kills, problems } = await tryScenario(theatre, scenario, how)
  expect(problems).toEqual([])
  expect(kills).toBeGreaterThanOrEqual(points)
})

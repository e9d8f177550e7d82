import { describe, expect, it } from 'vitest'
import { planIn } from './fixtures/plan-in.ts'
import { openTemporaryFolder } from './fixtures/temporary-folder.ts'
import { planSchema } from './plan-schema.ts'

describe('planSchema', () => {
  it('takes a plan and refuses one that was changed', async () => {
    await using folder = await openTemporaryFolder({ 'login.ts': 'export const login = 1' })
    const plan = await planIn(folder.path, 'login')
    expect(planSchema.parse(plan)).toEqual(plan)
    const changed = [
      { ...plan, version: 2 },
      { ...plan, steps: [] },
      { ...plan, extra: true },
      { ...plan, complexity: { ...plan.complexity, score: 1.5 } },
      { ...plan, files: [{ ...plan.files[0], reasons: [] }] },
    ]
    for (const value of changed) expect(planSchema.safeParse(value).success).toBe(false)
  })
})

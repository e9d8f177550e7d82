import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Claim } from './claim.ts'
import { aWholeRun } from './fixtures/plain-workflow.ts'
import { aClaim, anAttemptEnd } from './fixtures/records.ts'
import { scratchFolder } from './fixtures/scratch.ts'
import type { Follow } from './follow.ts'
import { loadSqlite } from './load-sqlite.ts'
import { openRunStore } from './open-run-store.ts'

const { DatabaseSync } = loadSqlite()

/** The next step of a chain is queued; asks only about the two that this is about. */
const next =
  (step: number): Follow =>
  ({ stepAt, counts }) => {
    expect([stepAt(step)?.status, stepAt(step + 1)?.status, counts.completed]).toEqual([
      'completed',
      'pending',
      step + 1,
    ])
    return { steps: [{ status: 'queued', step: step + 1, name: 'step', agent: 'agent' }], state: { sentBack: 0 } }
  }

/** Bytes that go into the log when a step of a chain ends and the next one is claimed. */
async function writtenAtEnd(steps: number): Promise<number> {
  const path = join(scratchFolder(), 'store.db')
  await using store = await openRunStore({ path })
  const chain = Array.from({ length: steps }, (_, step) => ({ needs: step === 0 ? [] : [step - 1] }))
  // As large as the plan of such a workflow.
  const request = chain.map((_, step) => ({ step, name: `step-${step}`, agent: 'agent', text: 'x'.repeat(200) }))
  await store.accept(aWholeRun(chain, { request }))
  let claim = (await store.claim(aClaim({ runId: 'run-1' }))).claim as Claim
  const written: number[] = []
  for (let step = 0; step < 5; step++) {
    emptyLog(path)
    const { claim: following } = await store.settleAndClaim(
      claim,
      anAttemptEnd(),
      next(step),
      aClaim({ runId: 'run-1' }),
    )
    written.push(statSync(`${path}-wal`).size)
    claim = following as Claim
  }
  // The thread of the lease writes a page of its own now and then.
  return Math.min(...written)
}

function emptyLog(path: string): void {
  using connection = new DatabaseSync(path)
  connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  expect(statSync(`${path}-wal`).size).toBe(0)
}

test('the end of a step writes as much in a run of 3,000 steps as in one of 30', async () => {
  const [few, many] = [await writtenAtEnd(30), await writtenAtEnd(3000)]
  // Each tree may be a page or two deeper, and its pages fuller; beside the plan it would be 200 times as much.
  expect(many).toBeLessThan(2 * few)
})

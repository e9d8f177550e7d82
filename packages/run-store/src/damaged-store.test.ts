import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aClaim, anAcceptedRun, anAttemptEnd } from './fixtures/records.ts'
import { footprint, scratchFolder } from './fixtures/scratch.ts'
import { openRunStore } from './open-run-store.ts'
import type { RunStore } from './run-store.ts'
import { RunStoreError } from './store-error.ts'

interface Flip {
  readonly at: number
  readonly bit: number
}

/** A store of some pages, each of whose runs says in its prompt who it is. */
async function intactStore(): Promise<string> {
  const path = join(scratchFolder(), 'intact.db')
  await using store = await openRunStore({ path })
  for (let index = 0; index < 30; index++) {
    const runId = `run-${index}`
    const { claim } = await store.accept(anAcceptedRun({ runId, prompt: `${runId} `.repeat(100), claim: aClaim() }))
    if (claim !== null && index % 3 === 0) await store.settle(claim, anAttemptEnd())
    await store.appendEvent({ runId, sessionId: null, type: 'log', data: 'x'.repeat(200) })
  }
  store.interruptOwn('done')
  return path
}

/** Reads all there is. */
async function readEverything(store: RunStore, isWhole: boolean): Promise<void> {
  for (const { runId, prompt } of await store.listRuns({ limit: 1000 })) {
    // SQLite keeps no checksums: a bit that was flipped within a text cannot be told from what somebody wrote.
    if (isWhole) expect(prompt).toBe(`${runId} `.repeat(100))
    await readRun(store, runId)
  }
  await store.listSessions()
  await store.listQueue({ limit: 1000 })
  await store.listCancelRequests()
  await store.listObservations()
  await store.stats()
  await store.check()
}

/**
 * A flipped bit in an id makes a row and the index of ids disagree: the run is listed and cannot be found. What is looked
 * at when a store is opened leaves indexes out; the whole check has to say so.
 */
async function readRun(store: RunStore, runId: string): Promise<void> {
  try {
    await store.listSteps(runId)
    await store.getRequest(runId)
    await store.listEvents(runId)
    await store.listArtifacts(runId)
  } catch (error) {
    if (!(error instanceof RunStoreError && error.code === 'RUN_NOT_FOUND')) throw error
    expect(await store.check()).toContainEqual(expect.objectContaining({ code: 'integrity', level: 'error' }))
  }
}

/** Opens it for reading, uses it, and expects a clear error or a correct answer; in any case the file as it was. */
async function expectCleanEnd(path: string, isWhole: boolean): Promise<void> {
  const before = footprint(path)
  try {
    await using store = await openRunStore({ path, readOnly: true })
    await readEverything(store, isWhole)
  } catch (error) {
    expectClear(error)
  }
  expect(footprint(path)).toEqual(before)
}

function expectClear(error: unknown): void {
  if (!(error instanceof RunStoreError)) throw error
  expect(error.code).toMatch(/^STORE_/)
  expect(error.message).not.toContain('\n')
}

function placesOf(text: string, bytes: Buffer): number[] {
  const places: number[] = []
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + text.length)) places.push(at)
  return places
}

/** Opens it for writing: a refusal leaves the file as it was. */
async function expectRefusalOrWork(path: string): Promise<void> {
  const before = footprint(path)
  let isOpen = false
  try {
    await using store = await openRunStore({ path })
    isOpen = true
    await store.recoverLost()
    await store.accept(anAcceptedRun({ runId: 'new' }))
    expect(await store.getRun('new')).toMatchObject({ runId: 'new' })
  } catch (error) {
    expectClear(error)
    if (!isOpen) expect(footprint(path)).toEqual(before)
  }
}

test('a store cut off anywhere is refused or read correctly, never changed by reading', async () => {
  const intact = await intactStore()
  const length = readFileSync(intact).length
  const path = join(scratchFolder(), 'store.db')
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.nat({ max: length }), fc.nat({ max: 200 })), async (size) => {
      copyFileSync(intact, path)
      truncateSync(path, size)
      await expectCleanEnd(path, true)
      await expectRefusalOrWork(path)
    }),
    { numRuns: 60, examples: [[0], [1], [99], [100], [4095], [4096], [length - 1], [length]] },
  )
})

test('a store with bits flipped anywhere is refused or read as far as it goes, never changed by reading', async () => {
  const intact = await intactStore()
  const bytes = readFileSync(intact)
  const path = join(scratchFolder(), 'store.db')
  const flips = fc.array(
    fc.record({ at: fc.oneof(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 120 })), bit: fc.nat({ max: 7 }) }),
    { minLength: 1, maxLength: 8 },
  )
  const headerFlips: [Flip[]][] = [
    [[{ at: 47, bit: 0 }]],
    [[{ at: 60, bit: 7 }]],
    [[{ at: 63, bit: 0 }]],
    [[{ at: 59, bit: 1 }]],
  ]
  const idFlips = placesOf('run-17', bytes).map((at): [Flip[]] => [[{ at: at + 'run-1'.length, bit: 0 }]])
  await fc.assert(
    fc.asyncProperty(flips, async (chosen) => {
      const damaged = Buffer.from(bytes)
      for (const { at, bit } of chosen) damaged[at] = (damaged[at] ?? 0) ^ (1 << bit)
      writeFileSync(path, damaged)
      await expectCleanEnd(path, false)
      await expectRefusalOrWork(path)
    }),
    {
      numRuns: 120,
      examples: [...headerFlips, ...idFlips],
    },
  )
})

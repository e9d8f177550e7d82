import { join } from 'node:path'
import { type Follow, type OtherChange, openRunStore, type RunStore } from '@mayfly/run-store'
import { now } from '../common/clock.ts'
import { compare } from '../common/compare.ts'
import { interleave } from '../common/interleave.ts'
import type { Comparison } from '../common/report.ts'

const SIZES = [10, 1000, 5000] as const

const note = `One step of a chain is claimed and settled; what follows is decided in the transaction of the settling, by a look at every
step of the run and at what it has used. Each step has a task and a result of 2 kB.`

/** What it costs to go on with a run of many steps. */
export const measureFollowing = async (folder: string, rounds: number): Promise<Comparison> => {
  await using store = await openRunStore({ path: join(folder, 'following.db') })
  const subjects = Object.fromEntries(
    SIZES.map((steps) => [`settle, a run of ${steps} steps`, () => settleOne(store, steps)]),
  )
  const samples = await interleave(subjects, { rounds, warmUp: 5, name: 'store, whole runs' })
  const title = 'Going on with a run of many steps'
  return compare(samples, 'call', { title, unit: 'ms', baseline: null, note })
}

const text = 'x'.repeat(2048)
let sessions = 0

const settleOne = async (store: RunStore, steps: number): Promise<{ call: number }> => {
  const { claim } = await claimOf(store, steps)
  if (claim === null) throw new Error(`No step of the run of ${steps} steps can be claimed`)
  await store.noteUsage(claim, { inputTokens: 100, outputTokens: 10, costUsd: 0.01 })
  const startedAt = now()
  await store.settle(claim, end, nextOfChain)
  return { call: now() - startedAt }
}

const end = { session: { status: 'completed' }, step: { status: 'completed', result: { text } } } as const

/** Of the run at hand, or of a new one when that has come to its end. */
const claimOf = async (store: RunStore, steps: number) => {
  const options = () => ({ sessionId: `whole-${++sessions}`, isolation: 'thread' }) as const
  const open = (await store.listRuns({ limit: SIZES.length * 2, status: 'queued' })).find(
    ({ prompt }) => prompt === `${steps}`,
  )
  const runId = open?.runId ?? `whole-${steps}-${++sessions}`
  if (open === undefined) await store.accept({ runId, prompt: `${steps}`, cwd: '/', ...chain(steps) })
  return await store.claim({ ...options(), runId })
}

const named = (step: number) => ({ step, name: `step-${step}`, agent: 'planner' })

const chain = (steps: number) => ({
  steps: [{ ...named(0), task: { text } }],
  others: Array.from(
    { length: steps - 1 },
    (_, index): OtherChange => ({ ...named(index + 1), status: 'pending', task: { text } }),
  ),
})

const nextOfChain: Follow = ({ steps, usage }) => {
  const next = steps.find(({ status }) => status === 'pending')
  if (usage.costUsd > Number.MAX_SAFE_INTEGER || next === undefined) return { run: { status: 'completed' } }
  return { steps: [{ ...named(next.step), status: 'queued' }] }
}

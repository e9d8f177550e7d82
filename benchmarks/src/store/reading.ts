import { join } from 'node:path'
import { openRunStore } from '@mayfly/run-store'
import { now } from '../common/clock.ts'
import { compare } from '../common/compare.ts'
import { interleave } from '../common/interleave.ts'
import { printProgress } from '../common/output.ts'
import type { Comparison } from '../common/report.ts'
import { fillStore } from './full-store.ts'

/** What is asked again and again of a store that has grown large. */
export const measureReading = async (folder: string, runs: number, rounds: number): Promise<Comparison> => {
  const path = join(folder, 'large.db')
  printProgress(`store, ${runs} runs are written`)
  await fillStore(path, runs)
  await using store = await openRunStore({ path })
  const subjects = {
    'the latest 50 runs': () => timed(() => store.listRuns({ limit: 50 })),
    'the latest 50 that failed': () => timed(() => store.listRuns({ limit: 50, status: 'failed' })),
    stats: () => timed(() => store.stats()),
    'one run': () => timed(() => store.getRun(`run-${Math.ceil(runs / 2)}`)),
    'nothing to recover': () => timed(() => store.recoverLost()),
    'open and close': () => timed(async () => (await openRunStore({ path })).close()),
  }
  const samples = await interleave(subjects, { rounds, warmUp: 5, name: `store, ${runs} runs` })
  const title = `Reading a store of ${runs.toLocaleString('en')} runs`
  return compare(samples, 'call', { title, unit: 'ms', baseline: null, note: '' })
}

const timed = async (work: () => Promise<unknown>): Promise<{ call: number }> => {
  const startedAt = now()
  await work()
  return { call: now() - startedAt }
}

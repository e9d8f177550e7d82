import { observeEnvironment } from '../common/environment.ts'
import { publish } from '../common/output.ts'
import { makeScratch } from '../common/scratch.ts'
import { measureFollowing } from './following.ts'
import { measureJournal } from './journal.ts'
import { parseStoreOptions } from './options.ts'
import { measureReading } from './reading.ts'
import { measureRecovery } from './recovery.ts'

/** Recovering is slow enough to be measured a few times only. */
const RECOVERIES = 5

const method = `Every figure is the time of one call, from outside. Stores are files in the system's folder for temporary
ones; where that is a disk in memory, a sync costs nothing and the journal looks cheaper than it is. The runs of the large
store are written with SQL, and counted by the store's own triggers.`

/**
 * What the store costs: the journal of one task, going on with runs of many steps, reading when much is stored, recovery
 * when much is lost.
 * \`--samples N\` (300), \`--runs N\` (1000000), \`--lost N\` (10000).
 */
export const run = async (args: string[]): Promise<void> => {
  const { samples, runs, lost, json } = parseStoreOptions(args)
  const observed = await observeEnvironment()
  await using scratch = await makeScratch()
  const sections = [
    await measureJournal(scratch.folder, samples),
    await measureFollowing(scratch.folder, samples),
    await measureReading(scratch.folder, runs, samples),
    await measureRecovery(scratch.folder, lost, RECOVERIES),
  ]
  await publish({ name: 'store', title: 'What the store costs', environment: observed(), method, sections }, json)
}

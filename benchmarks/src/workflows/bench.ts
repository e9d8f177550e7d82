import { observeEnvironment } from '../common/environment.ts'
import { publish } from '../common/output.ts'
import { makeScratch } from '../common/scratch.ts'
import { measureManySteps } from './many-steps.ts'
import { parseWorkflowsOptions } from './options.ts'
import { measureOverhead } from './overhead.ts'

const method = `Whole workflows through the library, each in a store and a folder of its own, in the system's folder for temporary ones. The agent is a
module that does nothing but read a clock that every thread reads alike; its own time is not in the figures.`

/** What a whole workflow costs beyond its agents' own time. \`--samples N\` (10) and \`--rounds N\` (3). */
export const run = async (args: string[]): Promise<void> => {
  const { samples, rounds, json } = parseWorkflowsOptions(args)
  const observed = await observeEnvironment()
  await using scratch = await makeScratch()
  const sections = [await measureOverhead(scratch.folder, samples), ...(await measureManySteps(scratch.folder, rounds))]
  const report = { name: 'workflows', title: 'What whole workflows cost', environment: observed(), method, sections }
  await publish(report, json)
}

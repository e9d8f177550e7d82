import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { observeEnvironment } from '../common/environment.ts'
import { parseOptions } from '../common/options.ts'
import { publish } from '../common/output.ts'
import { makeRepository, makeScratch } from '../common/scratch.ts'
import { measureDirect } from './direct.ts'
import { measureThroughPnpm } from './through-pnpm.ts'

const method = `Each subject is a process that is started once in each round, in an order that turns, after rounds that do not count.
The clock starts just before the process is spawned and stops when its line has been read from its stderr, or when it has
ended. The command line is the built one; its compile cache is warm unless it says otherwise.`

/** What a person waits for. \`--samples N\` (30) rounds; those through pnpm are a third of them. */
export const run = async (args: string[]): Promise<void> => {
  const { samples, json } = parseOptions(args, 30)
  const observed = await observeEnvironment()
  await using scratch = await makeScratch()
  const repository = join(scratch.folder, 'repository')
  await mkdir(repository)
  await makeRepository(repository)
  const sections = [
    ...(await measureDirect(scratch.folder, repository, samples)),
    ...(await measureThroughPnpm(repository, Math.ceil(samples / 3))),
  ]
  await publish(
    { name: 'cli', title: 'How long the command line takes', environment: observed(), method, sections },
    json,
  )
}

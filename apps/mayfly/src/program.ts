import { createRequire } from 'node:module'
import { Command } from 'commander'
import { addAgents, addClassify, addFlags, addProfile, addStats } from './program/reports.ts'
import { addRun, examples } from './program/run.ts'
import { addRuns } from './program/runs.ts'
import { addServe } from './program/serve.ts'
import { addStoreCare } from './program/store-care.ts'
import { addTakeUp } from './program/take-up.ts'
import { addWorkflows } from './program/workflows.ts'

/*
 * The command line. What a command does is imported only when it is called: the first line of a run must not wait for
 * code that it does not need.
 */

export const createProgram = (): Command => {
  const program = new Command('mayfly')
    .description('Runs AI-agent tasks for as long as anyone likes: in place, or in a worker that dies with its task.')
    .version(readVersion(), '-v, --version')
    .exitOverride()
    .showSuggestionAfterError()
  addRun(program)
  addRuns(program)
  addServe(program)
  addTakeUp(program)
  addWorkflows(program)
  addAgents(program)
  addStats(program)
  addProfile(program)
  addClassify(program)
  addFlags(program)
  addStoreCare(program)
  const run = program.commands.find((command) => command.name() === 'run')
  program.addHelpText(
    'after',
    () => `\nThe default command, ${run?.helpInformation().replace('Usage: ', '') ?? ''}${examples}`,
  )
  return program
}

const readVersion = (): string => {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string }
  return version
}

import type { Command } from 'commander'
import { AS_JSON, WORKING_FOLDER } from './options.ts'

export const addRuns = (program: Command): void => {
  const runs = program.command('runs').description('list the latest runs').exitOverride()
  runs
    .option('--limit <n>', 'how many at most', '50')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .action(async (options) => {
      const { listRunsCommand } = await import('../commands/runs.ts')
      await listRunsCommand(options)
    })
  runs
    .command('watch <id>')
    .description('follow a run until it has ended; exit code 0 when it has completed')
    .option(...WORKING_FOLDER)
    .option('--json', 'print one JSON document a line')
    .exitOverride()
    .action(async (id: string, _options: unknown, command: Command) => {
      const { watchCommand } = await import('../commands/watch.ts')
      await watchCommand(id, command.optsWithGlobals())
    })
  runs
    .command('show <id>')
    .description('show all that is on record about one run')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .exitOverride()
    .action(async (id: string, _options: unknown, command: Command) => {
      const { showRunCommand } = await import('../commands/runs.ts')
      await showRunCommand(id, command.optsWithGlobals())
    })
}

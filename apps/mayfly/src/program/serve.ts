import type { Command } from 'commander'
import { WORKING_FOLDER } from './options.ts'

export const addServe = (program: Command): void => {
  program
    .command('serve')
    .description('work off the queue, in workers, until a signal ends it')
    .option('--grace <duration>', 'time for running steps to end after SIGTERM (default: 5s)')
    .option(...WORKING_FOLDER)
    .option('--json', 'print one JSON document a line')
    .option('-q, --quiet', 'no log, only results and warnings')
    .addHelpText('after', serveHelp)
    .exitOverride()
    .action(async (options) => {
      const { serveCommand } = await import('../commands/serve.ts')
      await serveCommand(options)
    })
}

const serveHelp = `
Several processes may serve one store (MAYFLY_HOME shares one between repositories): MAYFLY_MAX_WORKERS, the memory budget
and MAYFLY_MAX_PER_KEY hold for all of them together. On SIGTERM no more is claimed, running steps get their grace, and what is cut short
goes back to the queue when it is repeatable and has attempts left; else it is interrupted. Exit code 143 then.`

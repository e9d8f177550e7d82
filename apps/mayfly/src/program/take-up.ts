import type { Command } from 'commander'
import { AS_JSON, WORKING_FOLDER } from './options.ts'

export const addTakeUp = (program: Command): void => {
  program
    .command('resume [id]')
    .description('continue a run that was interrupted, or one that waits, at its first unfinished step')
    .option(
      '--all',
      'every run that was interrupted, those that wait and that nobody has begun, and worktrees not yet merged',
    )
    .option('--attempts <n>', 'how many more attempts a run of a first step gets that has ended (default: 1)')
    .option(
      '--max-time <duration>',
      'a new limit for a whole run; likewise the next three (default: those that it has)',
    )
    .option('--max-attempts <n>', 'of all its steps together')
    .option('--max-tokens <n>', 'into and out of models')
    .option('--max-cost <dollars>', 'in US dollars')
    .option('--detach', 'only queue it: `mayfly serve` executes it')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .option('-q, --quiet', 'no log, only the result and warnings')
    .exitOverride()
    .action(async (id: string | undefined, options, command: Command) => {
      const { resumeAllCommand, takeUpCommand } = await import('../commands/take-up.ts')
      if (options.all === true && id === undefined) return await resumeAllCommand(options)
      if (id !== undefined && options.all !== true) return await takeUpCommand(id, 'resume', options)
      command.error('error: expected either the id of a run or --all')
    })
  program
    .command('retry <id>')
    .description('another attempt of a run that failed, was cancelled or interrupted; it stays the same run')
    .option('--attempts <n>', 'how many more attempts a run of a first step gets that has ended (default: 1)')
    .option(
      '--max-time <duration>',
      'a new limit for a whole run; likewise the next three (default: those that it has)',
    )
    .option('--max-attempts <n>', 'of all its steps together')
    .option('--max-tokens <n>', 'into and out of models')
    .option('--max-cost <dollars>', 'in US dollars')
    .option('--detach', 'only queue it: `mayfly serve` executes it')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .option('-q, --quiet', 'no log, only the result and warnings')
    .exitOverride()
    .action(async (id: string, options) => {
      const { takeUpCommand } = await import('../commands/take-up.ts')
      await takeUpCommand(id, 'retry', options)
    })
  program
    .command('cancel <id>')
    .description('end a run, whichever process works on it')
    .option('--reason <text>', 'kept in its record')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .exitOverride()
    .action(async (id: string, options) => {
      const { cancelCommand } = await import('../commands/cancel.ts')
      await cancelCommand(id, options)
    })
  program
    .command('approve <id>')
    .description('tell a run that waits for a person to go on, and stay with it')
    .option('--reject', 'the step is not accepted: it is sent back where the workflow says so, else the run fails')
    .option('--feedback <text>', 'what whoever does it again is told')
    .option('--step <number>', 'which one, when several wait')
    .option('--detach', 'only write it down: `mayfly serve` goes on')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .option('-q, --quiet', 'no log, only the result and warnings')
    .exitOverride()
    .action(async (id: string, options) => {
      const { approveCommand } = await import('../commands/approve.ts')
      await approveCommand(id, options)
    })
}

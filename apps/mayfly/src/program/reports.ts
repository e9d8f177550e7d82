import type { Command } from 'commander'
import { AS_JSON, WORKING_FOLDER } from './options.ts'

export const addStats = (program: Command): void => {
  program
    .command('stats')
    .description('how many ran in each mode, how long, with how much memory, and how they ended')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .exitOverride()
    .action(async (options) => {
      const { statsCommand } = await import('../commands/stats.ts')
      await statsCommand(options)
    })
}

export const addProfile = (program: Command): void => {
  program
    .command('profile <session>')
    .description("write a profile of a running session's worker, also while its task spins; a run id means its session")
    .option('--cpu [duration]', 'what it does, sampled for so long: a .cpuprofile (default: 5s)')
    .option('--heap', 'what it keeps in memory: a .heapsnapshot; the task stands still meanwhile')
    .option(
      '-o, --out <file>',
      'where to write it; nothing is overwritten (default: named after session and time, here)',
    )
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .exitOverride()
    .action(async (session: string, options) => {
      const { profileCommand } = await import('../commands/profile.ts')
      await profileCommand(session, options)
    })
}

export const addClassify = (program: Command): void => {
  program
    .command('classify <text>')
    .description('say whether a task would be taken for a long one, and why')
    .option('-c, --complexity <value>', 'low, medium, high, or a number from 0 to 1')
    .option(...AS_JSON)
    .exitOverride()
    .action(async (text: string, options) => {
      const { classifyCommand } = await import('../commands/classify.ts')
      classifyCommand(text, options)
    })
}

export const addFlags = (program: Command): void => {
  program
    .command('flags')
    .description('print each flag and setting with where its value comes from')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .exitOverride()
    .action(async (options) => {
      const { flagsCommand } = await import('../commands/flags.ts')
      flagsCommand(options)
    })
}

export const addAgents = (program: Command): void => {
  program
    .command('agents')
    .description('list the agents that are known here, and why one cannot be used')
    .option('--agents-file <file>', 'a YAML file that describes further agents')
    .option('--versions', 'ask each program for its version: runs it for up to 5 seconds')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .exitOverride()
    .action(async (options) => {
      const { agentsCommand } = await import('../commands/agents.ts')
      await agentsCommand(options)
    })
}

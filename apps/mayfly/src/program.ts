import { createRequire } from 'node:module'
import { Command, Option } from 'commander'
import type { RunCommandOptions } from './commands/run.ts'

/*
 * The command line. What a command does is imported only when it is called: the first line of a run must not wait for
 * code that it does not need.
 */

const examples = `
Examples:
  mayfly --prompt "Implement user authentication"
  USE_WORKERS=true mayfly --prompt "Implement comprehensive authentication system"
  mayfly run --prompt "Refactor the parser" --mode worker --heap-limit 2048 --timeout 30m
  mayfly run --prompt "Fix login button bug" --agent ./my-agent.mjs --json
  mayfly runs show <id>
  mayfly profile <id> --cpu 5s

Exit codes: 0 done, 1 failed, 2 bad input, 129 SIGHUP, 130 SIGINT, 143 SIGTERM.

A task in legacy mode runs in this very process: one that spins cannot hear a signal, only kill -9 ends it. The next
start then reports its run as interrupted. In worker mode (USE_WORKERS=true or --mode worker) every task can be ended.`

const WORKING_FOLDER = ['--cwd <folder>', 'the folder to work on (default: the current one)'] as const
const AS_JSON = ['--json', 'print one JSON document'] as const

export const createProgram = (): Command => {
  const program = new Command('mayfly')
    .description('Runs AI-agent tasks for as long as anyone likes: in place, or in a worker that dies with its task.')
    .version(readVersion(), '-v, --version')
    .exitOverride()
    .showSuggestionAfterError()
  addRun(program)
  addRuns(program)
  addStats(program)
  addProfile(program)
  addClassify(program)
  addFlags(program)
  const run = program.commands.find((command) => command.name() === 'run')
  program.addHelpText(
    'after',
    () => `\nThe default command, ${run?.helpInformation().replace('Usage: ', '') ?? ''}${examples}`,
  )
  return program
}

const addRun = (program: Command): void => {
  program
    .command('run', { isDefault: true })
    .description('run a prompt (the default command)')
    .option('-p, --prompt <text>', 'what is to be done')
    .option('-w, --workflow <name>', 'a workflow of the catalogue, or a workflow file (default: the router picks)')
    .option('-a, --agent <name>', 'a built-in agent, or the path of an agent module (default: what the step says)')
    .addOption(new Option('-c, --complexity <label>', 'instead of an estimate').choices(['low', 'medium', 'high']))
    .addOption(
      new Option(
        '-m, --mode <mode>',
        'legacy: in this process; worker: in a worker; auto: as USE_WORKERS says',
      ).choices(['auto', 'legacy', 'worker']),
    )
    .addOption(
      new Option(
        '--isolation <tier>',
        'what a worker is: thread, process (dies alone), auto: a process after a death in a thread (default: thread)',
      ).choices(['thread', 'process', 'auto']),
    )
    .option('--heap-limit <MB>', "megabytes of heap for the task's worker (default: 4096, lowered to fit)")
    .option('--timeout <duration>', 'such as 90s, 10m, 2h (default: 10m)')
    .option('--grace <duration>', 'time to end by itself after it was told to (default: 5s)')
    .option('--run-id <id>', 'letters, digits, . _ - (default: a new one)')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .option('-q, --quiet', 'no log, only the result and warnings')
    .addHelpText('after', examples)
    .exitOverride()
    .action(async (options: RunCommandOptions) => {
      const { runCommand } = await import('./commands/run.ts')
      await runCommand(options)
    })
}

const addRuns = (program: Command): void => {
  const runs = program.command('runs').description('list the latest runs').exitOverride()
  runs
    .option('--limit <n>', 'how many at most', '50')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .action(async (options) => {
      const { listRunsCommand } = await import('./commands/runs.ts')
      await listRunsCommand(options)
    })
  runs
    .command('show <id>')
    .description('show all that is on record about one run')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .exitOverride()
    .action(async (id: string, _options: unknown, command: Command) => {
      const { showRunCommand } = await import('./commands/runs.ts')
      await showRunCommand(id, command.optsWithGlobals())
    })
}

const addStats = (program: Command): void => {
  program
    .command('stats')
    .description('how many ran in each mode, how long, with how much memory, and how they ended')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .exitOverride()
    .action(async (options) => {
      const { statsCommand } = await import('./commands/stats.ts')
      await statsCommand(options)
    })
}

const addProfile = (program: Command): void => {
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
      const { profileCommand } = await import('./commands/profile.ts')
      await profileCommand(session, options)
    })
}

const addClassify = (program: Command): void => {
  program
    .command('classify <text>')
    .description('say whether a task would be taken for a long one, and why')
    .option('-c, --complexity <value>', 'low, medium, high, or a number from 0 to 1')
    .option(...AS_JSON)
    .exitOverride()
    .action(async (text: string, options) => {
      const { classifyCommand } = await import('./commands/classify.ts')
      classifyCommand(text, options)
    })
}

const addFlags = (program: Command): void => {
  program
    .command('flags')
    .description('print each flag and setting with where its value comes from')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .exitOverride()
    .action(async (options) => {
      const { flagsCommand } = await import('./commands/flags.ts')
      flagsCommand(options)
    })
}

const readVersion = (): string => {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string }
  return version
}

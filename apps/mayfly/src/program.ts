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
  mayfly run --prompt "Refactor the parser" --attempts 3 --detach
  mayfly serve
  mayfly runs watch <id>
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
  addServe(program)
  addTakeUp(program)
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

const addRun = (program: Command): void => {
  program
    .command('run', { isDefault: true })
    .description('run a prompt (the default command)')
    .option('-p, --prompt <text>', 'what is to be done')
    .option('--prompt-file <file>', 'the same from a file of UTF-8 text, - for stdin')
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
    .option('--attempts <n>', 'how often a step may be tried in all (default: what the step says, or 1)')
    .option('--deadline <duration>', 'in which all attempts have to end (default: none)')
    .option(
      '--backoff <duration>',
      'the longest wait before a second attempt, doubled for each further one (default: 1s)',
    )
    .option(
      '--repeatable',
      'an attempt that was lost with its process may simply be made again (default: what the step says)',
    )
    .option('--idempotency-key <key>', 'a second prompt with this key gets the result of the first')
    .option('--key <key>', 'runs with the same key count against MAYFLY_MAX_PER_KEY')
    .option('--detach', 'only accept it, print its id and return: `mayfly serve` executes it')
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
    .command('watch <id>')
    .description('follow a run until it has ended; exit code 0 when it has completed')
    .option(...WORKING_FOLDER)
    .option('--json', 'print one JSON document a line')
    .exitOverride()
    .action(async (id: string, _options: unknown, command: Command) => {
      const { watchCommand } = await import('./commands/watch.ts')
      await watchCommand(id, command.optsWithGlobals())
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

const addServe = (program: Command): void => {
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
      const { serveCommand } = await import('./commands/serve.ts')
      await serveCommand(options)
    })
}

const serveHelp = `
Several processes may serve one store (MAYFLY_HOME shares one between repositories): MAYFLY_MAX_WORKERS, the memory budget
and MAYFLY_MAX_PER_KEY hold for all of them together. On SIGTERM no more is claimed, running steps get their grace, and what is cut short
goes back to the queue when it is repeatable and has attempts left; else it is interrupted. Exit code 143 then.`

const addTakeUp = (program: Command): void => {
  program
    .command('resume [id]')
    .description('continue a run that was interrupted, or one that waits, at its first unfinished step')
    .option('--all', 'every run that was interrupted, and those that wait and that nobody has begun')
    .option('--attempts <n>', 'how many more attempts it gets (default: 1)')
    .option('--detach', 'only queue it: `mayfly serve` executes it')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .option('-q, --quiet', 'no log, only the result and warnings')
    .exitOverride()
    .action(async (id: string | undefined, options, command: Command) => {
      const { resumeAllCommand, takeUpCommand } = await import('./commands/take-up.ts')
      if (options.all === true && id === undefined) return await resumeAllCommand(options)
      if (id !== undefined && options.all !== true) return await takeUpCommand(id, 'resume', options)
      command.error('error: expected either the id of a run or --all')
    })
  program
    .command('retry <id>')
    .description('another attempt of a run that failed, was cancelled or interrupted; it stays the same run')
    .option('--attempts <n>', 'how many more attempts it gets (default: 1)')
    .option('--detach', 'only queue it: `mayfly serve` executes it')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .option('-q, --quiet', 'no log, only the result and warnings')
    .exitOverride()
    .action(async (id: string, options) => {
      const { takeUpCommand } = await import('./commands/take-up.ts')
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
      const { cancelCommand } = await import('./commands/cancel.ts')
      await cancelCommand(id, options)
    })
}

const addStoreCare = (program: Command): void => {
  program
    .command('doctor')
    .description(
      'look at everything that can be wrong with the store, and say what to do; exit code 1 when something is',
    )
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .exitOverride()
    .action(async (options) => {
      const { doctorCommand } = await import('./commands/store.ts')
      await doctorCommand(options)
    })
  program
    .command('gc')
    .description('delete runs that ended long ago, with their artifacts, and files that no record names')
    .option('--keep <duration>', 'runs that ended within it stay', '30d')
    .option('--interrupted', 'also runs that could still be resumed')
    .option('--dry-run', 'only say what would be deleted')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .exitOverride()
    .action(async (options) => {
      const { gcCommand } = await import('./commands/store.ts')
      await gcCommand(options)
    })
  program
    .command('backup <file>')
    .description('write a whole copy of the store to a new file, while others go on working')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .exitOverride()
    .action(async (file: string, options) => {
      const { backupCommand } = await import('./commands/store.ts')
      await backupCommand(file, options)
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

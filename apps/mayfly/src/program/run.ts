import { type Command, Option } from 'commander'
import type { RunCommandOptions } from '../commands/run.ts'
import { AS_JSON, WORKING_FOLDER } from './options.ts'

export const examples = `
Examples:
  mayfly --prompt "Implement user authentication"
  USE_WORKERS=true mayfly --prompt "Implement comprehensive authentication system"
  mayfly run --prompt "Refactor the parser" --mode worker --heap-limit 2048 --timeout 30m
  mayfly run --prompt "Fix login button bug" --agent ./my-agent.mjs --json
  mayfly run --prompt "Add a login page" --all-steps --agent claude --max-time 2h
  mayfly run --prompt "Refactor the parser" --attempts 3 --detach
  mayfly serve
  mayfly runs watch <id>
  mayfly runs show <id>
  mayfly profile <id> --cpu 5s

Exit codes: 0 done, 1 failed, 2 bad input, 3 waits for a person (mayfly approve), 129 SIGHUP, 130 SIGINT, 143 SIGTERM.

A task in legacy mode runs in this very process: one that spins cannot hear a signal, only kill -9 ends it. The next
start then reports its run as interrupted. In worker mode (USE_WORKERS=true or --mode worker) every task can be ended.`

/** For options that may be given often. */
const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value]

export const addRun = (program: Command): void => {
  program
    .command('run', { isDefault: true })
    .description('run a prompt (the default command)')
    .option('-p, --prompt <text>', 'what is to be done')
    .option('--prompt-file <file>', 'the same from a file of UTF-8 text, - for stdin')
    .option('-w, --workflow <name>', 'a workflow of the catalogue, or a workflow file (default: the router picks)')
    .option(
      '-a, --agent <name>',
      'an agent of `mayfly agents`, the path of an agent module, or auto (default: what the step says)',
    )
    .option('--agents-file <file>', 'a YAML file that describes agents: clients, commands, models (see docs/agents.md)')
    .addOption(
      new Option(
        '--permission <level>',
        'what agents may do: read; edit in the folder, run nothing; or full (default: edit; modules: full)',
      ).choices(['read', 'edit', 'full']),
    )
    .option('--model <name>', 'for agents that can be told (default: their own)')
    .option('--allow-paid', 'with --agent auto: an agent that costs money may be chosen')
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
    .option('--all-steps', 'the whole workflow, not only its first step')
    .option(
      '--input <name=value>',
      'what the workflow asks for in its workflow_inputs; may be given often',
      collect,
      [],
    )
    .option(
      '--agent-for <role=agent>',
      'the agent that a name in the workflow stands for; may be given often',
      collect,
      [],
    )
    .option('--wait', 'while another whole run works in the folder, wait for its end (default: it is refused)')
    .addOption(
      new Option(
        '--worktree [finish]',
        'work in a git worktree of its own: merge its work when it has completed, or leave it',
      )
        .choices(['merge', 'leave'])
        .preset('leave'),
    )
    .option(
      '--max-time <duration>',
      'for the whole run, without the time in which it waits for a person (default: none)',
    )
    .option('--max-attempts <n>', 'attempts of all steps together (default: none)')
    .option('--max-tokens <n>', 'into and out of models, in the whole run (default: none)')
    .option('--max-cost <dollars>', 'refused for agents that do not report what they cost (default: none)')
    .option('--context-tokens <n>', 'how large the context that an agent is told may be (default: 32000)')
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
      const { runCommand } = await import('../commands/run.ts')
      await runCommand(options)
    })
}

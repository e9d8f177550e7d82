import type { WorkerStart } from './transport.ts'

/** Options of this process that change how modules are found and loaded; a thread would have them too. */
const INHERITED = new Set([
  '--conditions',
  '-C',
  '--import',
  '--require',
  '-r',
  '--loader',
  '--experimental-loader',
  '--enable-source-maps',
  '--preserve-symlinks',
  '--no-warnings',
  '--disable-warning',
  '--experimental-strip-types',
  '--experimental-transform-types',
])

/** Those of them whose value may be a word of its own. */
const TAKES_VALUE = new Set(['--conditions', '-C', '--import', '--require', '-r', '--loader', '--experimental-loader'])

/** The arguments of a worker process. Limits, ports and profiles of this process are not for it. */
export const processArguments = (bootstrap: string, start: WorkerStart): string[] => [
  ...inheritedArguments(process.execArgv),
  `--max-old-space-size=${Math.ceil(start.heapLimitMb)}`,
  bootstrap,
  // For whoever looks at a list of processes.
  start.sessionId,
]

export const inheritedArguments = (execArguments: readonly string[]): string[] =>
  execArguments.flatMap((argument, index) => {
    const [name = ''] = argument.split('=')
    if (!INHERITED.has(name)) return []
    const value = execArguments[index + 1]
    return TAKES_VALUE.has(argument) && value !== undefined ? [argument, value] : [argument]
  })

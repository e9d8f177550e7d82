import { INSPECTOR_ARGUMENTS } from '../profile/process-inspector.ts'
import { permissionArguments } from './permission-arguments.ts'
import type { WorkerStart } from './transport.ts'

/** Options of this process that change how modules are found; a thread would have them too. */
const RESOLUTION = new Set([
  '--conditions',
  '-C',
  '--preserve-symlinks',
  '--enable-source-maps',
  '--no-warnings',
  '--disable-warning',
  '--experimental-strip-types',
])

/** Options that load code first; it is the host's, and a restricted worker may not read it. */
const PRELOADS = new Set(['--import', '--require', '-r', '--loader', '--experimental-loader'])

/** Those of them whose value may be a word of its own. */
const TAKES_VALUE = new Set(['--conditions', '-C', ...PRELOADS])

/** The arguments of a worker process. Limits, ports and profiles of this process are not for it. */
export const processArguments = (bootstrap: string, start: WorkerStart): string[] => [
  ...inheritedArguments(process.execArgv, start.permissions !== undefined),
  `--max-old-space-size=${Math.ceil(start.heapLimitMb)}`,
  ...(start.permissions === undefined ? INSPECTOR_ARGUMENTS : permissionArguments(bootstrap, start)),
  bootstrap,
  // For whoever looks at a list of processes.
  start.workerId,
]

export const inheritedArguments = (execArguments: readonly string[], isRestricted: boolean): string[] =>
  execArguments.flatMap((argument, index) => {
    const [name = ''] = argument.split('=')
    const isWanted = RESOLUTION.has(name) || (PRELOADS.has(name) && !isRestricted)
    if (!isWanted) return []
    const value = execArguments[index + 1]
    return TAKES_VALUE.has(argument) && value !== undefined ? [argument, value] : [argument]
  })

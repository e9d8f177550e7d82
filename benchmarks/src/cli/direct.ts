import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compare } from '../common/compare.ts'
import { interleave } from '../common/interleave.ts'
import type { Section } from '../common/report.ts'
import { type ProcessTimes, timeProcess } from './time-process.ts'

export const bin: string = fileURLToPath(new URL('../../../apps/mayfly/bin/mayfly.js', import.meta.url))
export const LOG_PREFIX = '[Orchestrator Entry]'
export const PROMPT = 'Implement user authentication'

const BARE = 'node -e 0'
const BARE_LINE = 'node, one line on stderr'

/** The installed command itself, without a package manager in front of it. */
export const measureDirect = async (scratch: string, repository: string, rounds: number): Promise<Section[]> => {
  const cache = join(scratch, 'cache')
  await mkdir(cache)
  const mayfly = (environment: Record<string, string>): Promise<ProcessTimes> =>
    timeNode([bin, '--prompt', PROMPT], repository, LOG_PREFIX, { TMPDIR: cache, ...environment })
  const samples = await interleave(
    {
      [BARE]: () => timeNode(['-e', '0'], repository),
      [BARE_LINE]: () => timeNode(['-e', 'process.stderr.write("line\\n")'], repository, 'line'),
      'mayfly, legacy': () => mayfly({}),
      'mayfly, worker': () => mayfly({ USE_WORKERS: 'true' }),
      'mayfly, legacy, no compile cache yet': async () => mayfly({ TMPDIR: await mkdtemp(join(scratch, 'cold-')) }),
    },
    { rounds, warmUp: 2, name: 'cli, direct' },
  )
  return [
    compare(samples, 'toFirstLine', {
      title: 'From the start of the process to its first log line',
      unit: 'ms',
      baseline: BARE_LINE,
      note: 'The aim is 300 ms.',
    }),
    compare(samples, 'toExit', {
      title: 'From the start of the process to its end, the result printed',
      unit: 'ms',
      baseline: BARE,
      note: 'The built-in planner works on a repository of two files.',
    }),
  ]
}

const timeNode = (
  args: readonly string[],
  cwd: string,
  firstLine?: string,
  environment: Record<string, string> = {},
): Promise<ProcessTimes> =>
  timeProcess({ command: process.execPath, args, cwd, environment, ...(firstLine !== undefined && { firstLine }) })

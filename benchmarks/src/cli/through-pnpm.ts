import { fileURLToPath } from 'node:url'
import { compare } from '../common/compare.ts'
import { interleave } from '../common/interleave.ts'
import type { Section } from '../common/report.ts'
import { bin, LOG_PREFIX, PROMPT } from './direct.ts'
import { type ProcessTimes, timeProcess } from './time-process.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const NOTE =
  '`build` is npx, pnpm and turbo, which finds everything in its cache; `orchestrate` is that and the command line.'
const BASELINE = 'mayfly, without them'

/** What npx, pnpm and turbo (with nothing left to build) cost before anything of Mayfly's runs. */
export const measureThroughPnpm = async (repository: string, rounds: number): Promise<Section[]> => {
  const request = ['--prompt', PROMPT, '--cwd', repository]
  const samples = await interleave(
    {
      [BASELINE]: () => time(process.execPath, [bin, ...request], LOG_PREFIX),
      'npx -y pnpm@12 --version': () => time('npx', ['-y', 'pnpm@12', '--version']),
      'npx -y pnpm@12 build': () => time('npx', ['-y', 'pnpm@12', 'build']),
      'npx -y pnpm@12 orchestrate': () => time('npx', ['-y', 'pnpm@12', 'orchestrate', ...request], LOG_PREFIX),
    },
    { rounds, warmUp: 1, name: 'cli, through pnpm' },
  )
  return [
    compare(samples, 'toFirstLine', {
      title: 'With npx, pnpm and turbo in front: to the first log line of Mayfly',
      unit: 'ms',
      baseline: BASELINE,
      note: '',
    }),
    compare(samples, 'toExit', {
      title: 'With npx, pnpm and turbo in front: to the end',
      unit: 'ms',
      baseline: BASELINE,
      note: NOTE,
    }),
  ]
}

const time = (command: string, args: readonly string[], firstLine?: string): Promise<ProcessTimes> =>
  timeProcess({ command, args, cwd: root, ...(firstLine !== undefined && { firstLine }) })

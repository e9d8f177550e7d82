import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ended, startMayfly } from '../command.ts'
import { signal } from '../processes.ts'
import type { Death } from './death.ts'
import { nextCommand, RUN_ID } from './next-command.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'
import { readStanding } from './standing.ts'

export interface PlayOptions {
  readonly stage: Stage
  readonly scenario: Scenario
  readonly deaths: readonly Death[]
  /** Carried by every process of the play. */
  readonly mark: string
}

export interface Played {
  /** How many transactions each process wrote; 0 for one that was killed. */
  readonly commits: readonly number[]
  /** How many processes were killed. */
  readonly kills: number
}

/** More processes than any play needs. */
const MOST_PROCESSES = 30

const preload = new URL('./kill-at-commit.mjs', import.meta.url).href

/** Goes on with a run as a person would, whatever dies, until there is nothing to do any more. */
export const play = async (options: PlayOptions): Promise<Played> => {
  const { stage, scenario, deaths } = options
  order(
    stage,
    'kill',
    deaths.find(({ at }) => at === 'agent'),
  )
  order(stage, 'hang', scenario.hangs)
  const commits: number[] = []
  let kills = 0
  while (commits.length < MOST_PROCESSES) {
    const command = nextCommand(scenario, readStanding(stage.database, RUN_ID))
    if (command === undefined) break
    const exitCode = await execute(options, command, commits.length)
    if (exitCode === null) kills++
    commits.push(readCount(stage))
  }
  return { commits, kills }
}

const order = ({ folder }: Stage, name: string, what: object | undefined): void => {
  if (what !== undefined) writeFileSync(join(folder, `${name}.json`), JSON.stringify(what))
}

const execute = async (
  { stage, deaths, mark }: PlayOptions,
  [command = '', ...rest]: readonly string[],
  index: number,
): Promise<number | null> => {
  const own = deaths.filter((death) => death.at !== 'agent' && death.process === index)
  const commit = own.find(({ at }) => at === 'commit')
  const time = own.find(({ at }) => at === 'time')
  const count = countFile(stage)
  writeFileSync(count, '0')
  const environment = {
    ...{ MAYFLY_LEASE: '2s', MAYFLY_MAX_WORKERS: '2', MAYFLY_CRASH_CHILD: mark, MAYFLY_CRASH_COUNT: count },
    ...(commit?.at === 'commit' && { MAYFLY_CRASH_AT: String(commit.commit) }),
  }
  const args = [command, ...rest, '--cwd', stage.repository]
  const child = startMayfly(args, environment, join(stage.folder, 'log'), ['--import', preload])
  const timer = time?.at === 'time' ? setTimeout(() => signal(child.pid ?? 0, 'SIGKILL'), time.afterMs) : undefined
  const exitCode = await ended(child)
  clearTimeout(timer)
  return exitCode
}

const countFile = ({ folder }: Stage): string => join(folder, 'commits')

const readCount = (stage: Stage): number => Number(readFileSync(countFile(stage), 'utf8'))

/** What an agent of the play has noted: a line for each moment that it came to. */
export interface Note {
  readonly step: number
  readonly attempt: number
  readonly moment: string
}

export const readNotes = ({ folder }: Stage): readonly Note[] => {
  const file = join(folder, 'notes.jsonl')
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line) as Note)
}

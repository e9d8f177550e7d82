import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { ended, startMayfly } from '../command.ts'
import { processesMarked, signal } from '../processes.ts'
import { type Death, describeDeath } from './death.ts'
import { differences, type Ending, readEnding } from './ending.ts'
import { violations } from './invariants.ts'
import { type Note, type Played, play, readNotes } from './play.ts'
import type { Scenario } from './scenario.ts'
import { closeStage, openStage, type Stage } from './stage.ts'

/** A scenario as it goes when nobody dies: what every other play of it must come to. */
export interface Rehearsal {
  readonly scenario: Scenario
  readonly ending: Ending
  readonly played: Played
  readonly notes: readonly Note[]
}

export interface Problem {
  readonly scenario: string
  /** Who died when. */
  readonly deaths: string
  readonly what: string
}

export interface Theatre {
  readonly scratch: string
  readonly template: string
  /** Carried by every process. */
  readonly mark: string
}

/** Where those that nobody disturbs go wrong too, nothing can be said of the others. */
export class RehearsalError extends Error {
  override readonly name = 'RehearsalError'

  constructor(scenario: string, problems: readonly string[], log: string) {
    super(`${scenario}, with nobody killed: ${problems.join('; ')}. Log: ${log}`)
  }
}

/** @throws RehearsalError */
export const rehearse = async (theatre: Theatre, scenario: Scenario): Promise<Rehearsal> => {
  const stage = openStage(theatre.scratch, theatre.template)
  const mark = `${theatre.mark}-${stage.folder.slice(-6)}`
  const played = await play({ stage, scenario, deaths: [], mark })
  await sweep(stage)
  const ending = readEnding(stage)
  const isDone = ending.get('run')?.startsWith('completed ') ?? false
  const problems = [...violations(stage, played, mark), ...(isDone ? [] : [`the run is ${ending.get('run')}`])]
  if (problems.length > 0) throw new RehearsalError(scenario.name, problems, join(stage.folder, 'log'))
  const notes = readNotes(stage)
  closeStage(stage)
  return { scenario, ending, played, notes }
}

/** Plays it once more with these deaths; what it comes to has to be the same. */
export const disturb = async (
  theatre: Theatre,
  { scenario, ending }: Rehearsal,
  deaths: readonly Death[],
): Promise<{ readonly kills: number; readonly problems: readonly Problem[] }> => {
  const stage = openStage(theatre.scratch, theatre.template)
  const mark = `${theatre.mark}-${stage.folder.slice(-6)}`
  const played = await play({ stage, scenario, deaths, mark })
  await sweep(stage)
  const ignores = (what: string): boolean => !scenario.sameAttempts && what.startsWith('attempts of ')
  const found = [...violations(stage, played, mark), ...differences(ending, readEnding(stage), ignores)]
  for (const pid of processesMarked('MAYFLY_CRASH_CHILD', mark)) signal(pid, 'SIGKILL')
  if (found.length === 0) closeStage(stage)
  else keepLog(stage)
  const named = { scenario: scenario.name, deaths: deaths.map(describeDeath).join(', ') }
  const problems = found.map((what) => ({ ...named, what: `${what} (${stage.folder})` }))
  return { kills: played.kills, problems }
}

/** What lost attempts have left behind is for `gc` to find. */
const sweep = async ({ repository, folder }: Stage): Promise<void> => {
  await ended(
    startMayfly(['gc', '--keep', '3650d', '--cwd', repository], { MAYFLY_LEASE: '2s' }, join(folder, 'gc.log')),
  )
}

const keepLog = ({ folder }: Stage): void => {
  if (existsSync(join(folder, 'log'))) copyFileSync(join(folder, 'log'), `${folder}.log`)
}

import { randomFrom } from '../schedule.ts'
import type { Death } from './death.ts'
import { chooseDeaths, drawStorm, everyDeath } from './deaths.ts'
import { disturb, type Problem, type Rehearsal, rehearse, type Theatre } from './rehearsal.ts'
import type { Scenario } from './scenario.ts'

export interface WorkflowCampaignOptions {
  /** Null: every one that there is. */
  readonly points: number | null
  readonly storms: number
  readonly seed: number
  readonly atOnce: number
  readonly onProgress: (line: string) => void
}

export interface ScenarioFigures {
  readonly scenario: string
  /** Moments at which a play of it can be killed. */
  readonly moments: number
  /** How many of them were tried, each in a play of its own. */
  readonly tried: number
  readonly storms: number
  readonly kills: number
  readonly problems: readonly Problem[]
}

/** Plays a scenario once undisturbed, then once for each death; all have to come to the same. @throws RehearsalError */
export const tryScenario = async (
  theatre: Theatre,
  scenario: Scenario,
  { points, storms, seed, atOnce, onProgress }: WorkflowCampaignOptions,
): Promise<ScenarioFigures> => {
  const rehearsal = await rehearse(theatre, scenario)
  const moments = everyDeath(rehearsal.played, rehearsal.notes)
  const single = chooseDeaths(moments, points ?? moments.length, seed)
  const draw = randomFrom(seed)
  const plays = [...single.map((death) => [death]), ...Array.from({ length: storms }, () => drawStorm(draw))]
  const { kills, problems } = await playAll(theatre, rehearsal, plays, atOnce, (done) =>
    onProgress(`${scenario.name}: ${done} of ${plays.length}`),
  )
  return { scenario: scenario.name, moments: moments.length, tried: single.length, storms, kills, problems }
}

const playAll = async (
  theatre: Theatre,
  rehearsal: Rehearsal,
  plays: readonly (readonly Death[])[],
  atOnce: number,
  onDone: (done: number) => void,
): Promise<{ kills: number; problems: Problem[] }> => {
  const open = [...plays]
  const all = { kills: 0, problems: [] as Problem[] }
  let done = 0
  const next = async (): Promise<void> => {
    for (let deaths = open.shift(); deaths !== undefined; deaths = open.shift()) {
      const { kills, problems } = await disturb(theatre, rehearsal, deaths)
      all.kills += kills
      all.problems.push(...problems)
      if (++done % 10 === 0 || done === plays.length || problems.length > 0) onDone(done)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, next))
  return all
}

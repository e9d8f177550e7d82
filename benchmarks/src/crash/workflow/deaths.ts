import { randomFrom } from '../schedule.ts'
import type { Death } from './death.ts'
import type { Note, Played } from './play.ts'

/** A few milliseconds more than processes of a play live. */
const LONGEST_LIFE_MS = 1500

/** Every moment at which a play that nobody disturbed can be killed: each of its transactions, and each moment of each agent. */
export const everyDeath = ({ commits }: Played, notes: readonly Note[]): Death[] => [
  ...commits.flatMap((count, process) =>
    Array.from({ length: count }, (_, index): Death => ({ at: 'commit', process, commit: index + 1 })),
  ),
  ...notes.map(({ step, moment }, index): Death => {
    const times = notes.slice(0, index + 1).filter((other) => other.step === step && other.moment === moment).length
    return { at: 'agent', step, moment, times }
  }),
]

/** Several deaths in one play, each at any time in the life of one of its first processes. */
export const drawStorm = (draw: () => number): Death[] =>
  Array.from({ length: 2 + Math.floor(draw() * 5) }, (_, process) => ({
    at: 'time',
    process,
    afterMs: Math.floor(draw() * LONGEST_LIFE_MS),
  }))

/** So many of them, spread over all, in their order. @param seed the same one, the same choice */
export const chooseDeaths = (deaths: readonly Death[], most: number, seed: number): Death[] => {
  if (deaths.length <= most) return [...deaths]
  const draw = randomFrom(seed)
  const begins = (slice: number): number => Math.floor((slice * deaths.length) / most)
  return Array.from({ length: most }, (_, slice) => {
    const width = begins(slice + 1) - begins(slice)
    return deaths[begins(slice) + Math.floor(draw() * width)] as Death
  })
}

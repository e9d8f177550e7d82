import type { Usage } from '@mayfly/model-server'
import type { Random } from '../../planner/random.ts'
import type { Stage } from './scenario.ts'

/** What a cast is made from; `id` is its own, and begins every name that it gives. */
export interface Draw {
  readonly id: string
  readonly stage: Stage
  readonly random: Random
}

/** Whole, from one bound to the other. */
export const between = ({ next }: Random, least: number, most: number): number =>
  least + Math.floor(next() * (most - least + 1))

/** Different for each model: what one run has used is not taken for another's. */
export const drawUsage = (random: Random): Usage => {
  const inputTokens = between(random, 400, 4000)
  return { inputTokens, cachedTokens: between(random, 0, 300), outputTokens: between(random, 10, 200) }
}

/** A model whose name says its script. */
export const drawModel = ({ id, random }: Draw, script: string): { name: string; models: Record<string, Usage> } => {
  const name = `${id}/${script}`
  return { name, models: { [name]: drawUsage(random) } }
}

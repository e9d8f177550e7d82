import type { JsonValue } from '@mayfly/run-store'
import { blankMemory, type StepMemory } from '@mayfly/workflows'
import { z } from 'zod'

/** What the scheduler remembers of a step, as it stands in the step's row. */
export const stepMemory: z.ZodType<StepMemory> = z.object({
  round: z.number(),
  agent: z.number(),
  approved: z.boolean(),
  sentBack: z.number(),
  feedback: z.string().nullable(),
  error: z.object({ code: z.enum(['CONDITION_FAILED', 'APPROVAL_REJECTED']), message: z.string() }).nullable(),
})

/**
 * `null` where there is nothing to remember: most steps stay so.
 * @param isKnownOtherwise something is remembered elsewhere, which this replaces
 */
export const toStored = (
  { round, agent, approved, sentBack, feedback, error }: StepMemory,
  isKnownOtherwise: boolean,
): JsonValue => {
  const memory = { round, agent, approved, sentBack, feedback, error: error === null ? null : { ...error } }
  return JSON.stringify(memory) === blank && !isKnownOtherwise ? null : memory
}

const blank = JSON.stringify(blankMemory)

/** @throws ZodError when another program has written it. */
export const fromStored = (stored: JsonValue): StepMemory => stepMemory.parse(stored)

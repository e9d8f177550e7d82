import { z } from 'zod'
import type { WorkflowStep } from './workflow.ts'

/** What a step says about being tried again. */
export interface StepRetry {
  /** How many attempts there may be in all, from 1 to 100; undefined when the step does not say. */
  readonly attempts: number | undefined
}

const count = z.number().int().min(1).max(100)

/** `retry: 3`, `retry: { attempts: 3 }` and `retry: { max_attempts: 3 }`; other keys belong to other systems. */
const retry = z.union([
  count.transform((attempts) => ({ attempts })),
  z.looseObject({ attempts: count }).transform(({ attempts }) => ({ attempts })),
  z.looseObject({ max_attempts: count }).transform((written) => ({ attempts: written.max_attempts })),
])

/** Reads what is known of a step's `retry`; a file that says it in another way loads all the same. */
export function stepRetry(step: WorkflowStep): StepRetry {
  const read = retry.safeParse(step.retry)
  return { attempts: read.success ? read.data.attempts : undefined }
}

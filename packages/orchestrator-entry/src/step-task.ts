import type { AgentReference, AgentStep, JsonValue } from '@mayfly/agents'
import { type ArtifactReference, ResultFile } from '@mayfly/supervisor'
import { z } from 'zod'

/** What `runStep` gets, in place and in a worker alike. Plain data. */
export interface StepTask {
  readonly runId: string
  readonly prompt: string
  /** Absolute. */
  readonly cwd: string
  /** From 0 to 1. */
  readonly complexity: number
  readonly step: AgentStep
  readonly agent: AgentReference
}

/** What a step gives back. */
export interface StepResult {
  readonly step: number
  readonly name: string
  readonly agent: string
  readonly summary: string
  readonly output: JsonValue
  readonly artifacts: readonly ArtifactReference[]
}

/** What a step gave back is not what a step gives back; the worker's word is not taken for it. */
export class StepResultError extends Error {
  override readonly name = 'StepResultError'
  readonly code = 'STEP_RESULT_INVALID'
}

const artifact = z.strictObject({
  name: z.string().min(1),
  path: z.string().min(1),
  size: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

const stepResult = z.strictObject({
  step: z.number(),
  name: z.string(),
  agent: z.string(),
  summary: z.string(),
  output: z.json(),
  artifacts: z.array(artifact),
})

/**
 * Checks what came out of a worker against what was asked for.
 * @param written the artifacts that the supervisor was told of while the step ran.
 * @throws StepResultError `STEP_RESULT_INVALID`
 */
export const checkStepResult = (value: unknown, task: StepTask, written: readonly ArtifactReference[]): StepResult => {
  if (value instanceof ResultFile) {
    throw new StepResultError(
      `The step returned more than its record can hold; what it returned is artifact ${value.name}.`,
    )
  }
  const parsed = stepResult.safeParse(value)
  if (!parsed.success) throw new StepResultError(`The step's result is malformed: ${z.prettifyError(parsed.error)}`)
  const result = parsed.data as StepResult
  if (result.step !== task.step.number || result.name !== task.step.name) {
    throw new StepResultError(`Expected the result of step ${task.step.number}, got that of step ${result.step}.`)
  }
  const known = new Set(written.map(({ path, sha256 }) => `${path} ${sha256}`))
  const unknown = result.artifacts.find(({ path, sha256 }) => !known.has(`${path} ${sha256}`))
  if (unknown !== undefined) {
    throw new StepResultError(`The step names artifact ${unknown.name}, which it has not written through its context.`)
  }
  return result
}

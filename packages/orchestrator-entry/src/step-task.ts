import type { AgentReference, AgentReport, AgentStep, JsonValue, PreviousReport } from '@mayfly/agents'
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
  /** Of the agent's own session, which may be taken up again. */
  readonly previous?: PreviousReport
  /** What a step of a whole run is told beyond that. */
  readonly brief?: StepBrief
}

/** An artifact of an earlier step. */
export interface BriefInput {
  readonly name: string
  /** Absolute. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** The number of the step that made it, as the workflow writes it. */
  readonly fromStep: number
  /** Whether the step asks for it. */
  readonly isDeclared: boolean
}

/** What a step of a whole run is told, and what is asked of what it gives back. */
export interface StepBrief {
  /** What a later step sent it back with. */
  readonly feedback: string | null
  /** What the attempt before this one failed of. */
  readonly lastError: string | null
  readonly inputs: readonly BriefInput[]
  /** How large the assembled context may be, in tokens. */
  readonly contextTokens: number
  /** The absolute path of the JSON schema that its output must match. */
  readonly schema: string | null
  /** What its score must not be below. */
  readonly minimumScore: number | null
}

/** What an agent said of itself; its answer is the step's output. */
export type StepReport = Omit<AgentReport, 'text'>

/** One thing that was asked of what a step gave back. */
export interface StepCheck {
  readonly name: string
  readonly passed: boolean
  /** One line each. */
  readonly problems: readonly string[]
}

/** What a step gives back. */
export interface StepResult {
  readonly step: number
  readonly name: string
  readonly agent: string
  readonly summary: string
  readonly output: JsonValue
  readonly artifacts: readonly ArtifactReference[]
  /** What its agent said of itself: model, tokens, cost. */
  readonly report?: StepReport
  /** Of a step with a validation. */
  readonly checks?: readonly StepCheck[]
  readonly score?: number
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

const count = z.number().int().nonnegative().nullable()

const reportFields = {
  sessionId: z.string().nullable(),
  model: z.string().nullable(),
  inputTokens: count,
  cachedTokens: count,
  outputTokens: count,
  costUsd: z.number().nonnegative().nullable(),
  durationMs: z.number().nonnegative().nullable(),
  toolCalls: count,
  isError: z.boolean(),
}

const report = z.strictObject(reportFields)

/** What an agent says of itself while it works: as much of it as it knows. */
export const partialReport = z.strictObject(
  Object.fromEntries(Object.entries(reportFields).map(([name, field]) => [name, field.exactOptional()])),
) as unknown as z.ZodType<Partial<StepReport>>

const stepResult = z.strictObject({
  step: z.number(),
  name: z.string(),
  agent: z.string(),
  summary: z.string(),
  output: z.json(),
  artifacts: z.array(artifact),
  report: report.exactOptional(),
  checks: z
    .array(z.strictObject({ name: z.string(), passed: z.boolean(), problems: z.array(z.string()) }))
    .exactOptional(),
  score: z.number().exactOptional(),
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

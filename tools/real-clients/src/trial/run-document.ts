import { z } from 'zod'

interface Failure {
  readonly code: string | null
  readonly message: string
}

export interface SessionFacts {
  readonly step: number
  readonly attempt: number
  readonly status: string
  readonly inputTokens: number | null
  readonly cachedTokens: number | null
  readonly outputTokens: number | null
  readonly costUsd: number | null
  readonly toolCalls: number | null
  readonly agentSession: string | null
}

/** What `mayfly runs show --json` prints, as far as the trials look at it. */
export interface RunDocument {
  readonly run: { readonly runId: string; readonly status: string; readonly error: Failure | null }
  readonly steps: readonly { readonly name: string; readonly status: string; readonly error: Failure | null }[]
  readonly sessions: readonly SessionFacts[]
  readonly artifacts: readonly { readonly step: number; readonly name: string; readonly path: string }[]
}

const error = z.object({ code: z.string().nullable(), message: z.string() }).nullable()
const count = z.number().nullable()

const session = z.object({
  step: z.number(),
  attempt: z.number(),
  status: z.string(),
  inputTokens: count,
  cachedTokens: count,
  outputTokens: count,
  costUsd: count,
  toolCalls: count,
  agentSession: z.string().nullable(),
})

export const runDocument: z.ZodType<RunDocument> = z.object({
  run: z.object({ runId: z.string(), status: z.string(), error }),
  steps: z.array(z.object({ name: z.string(), status: z.string(), error })),
  sessions: z.array(session),
  artifacts: z.array(z.object({ step: z.number(), name: z.string(), path: z.string() })),
})

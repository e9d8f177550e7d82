import type { AgentReference, AgentStep } from '@mayfly/agents'
import type { JsonValue } from '@mayfly/run-store'
import type { IsolationRequest } from '@mayfly/supervisor'
import { z } from 'zod'
import { UsageError } from '../errors.ts'

/** What the store keeps with a run so that any process can execute it; the rest stands in the run's record. */
export interface StoredRequest {
  readonly version: 1
  readonly step: AgentStep
  readonly agent: AgentReference
  readonly isolation: IsolationRequest
  /** MB; `null`: the default of whoever executes it. */
  readonly heapLimitMb: number | null
  readonly timeoutMs: number
  readonly graceMs: number
  readonly backoffMs: number
}

const milliseconds = z.number().nonnegative()

const storedRequest = z.strictObject({
  version: z.literal(1),
  step: z.strictObject({
    number: z.number().nonnegative(),
    name: z.string(),
    agent: z.string(),
    description: z.string().exactOptional(),
    inputs: z.array(z.string()),
    outputs: z.array(z.string()),
  }),
  agent: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('builtin'), name: z.string() }),
    z.strictObject({
      kind: z.literal('module'),
      name: z.string(),
      url: z.url({ protocol: /^file$/ }),
      permission: z.enum(['read', 'edit', 'full']).exactOptional(),
      environment: z.array(z.string()).exactOptional(),
    }),
    z.looseObject({ kind: z.literal('client'), name: z.string(), command: z.string() }),
    z.looseObject({ kind: z.literal('command'), name: z.string(), command: z.string() }),
    z.looseObject({ kind: z.literal('http'), name: z.string(), model: z.string() }),
  ]),
  isolation: z.enum(['thread', 'process', 'auto']),
  heapLimitMb: z.number().positive().nullable(),
  timeoutMs: milliseconds,
  graceMs: milliseconds,
  backoffMs: milliseconds,
})

/** @throws UsageError `REQUEST_INVALID`: the run was accepted by another program, or by a release that keeps other things. */
export const parseStoredRequest = (stored: JsonValue | null, runId: string): StoredRequest => {
  const result = storedRequest.safeParse(stored)
  if (result.success) return result.data as StoredRequest
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; ')
  throw new UsageError(
    'REQUEST_INVALID',
    `Run ${runId} cannot be executed as it is stored (${problems}). Submit it again.`,
  )
}

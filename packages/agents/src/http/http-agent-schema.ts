import { z } from 'zod'
import { defaultPermission } from '../clients/permission.ts'
import type { HttpReference } from './http-reference.ts'

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'should be the name of an environment variable')
const count = z.int().positive()
const milliseconds = z.int().positive()
const dollars = z.number().nonnegative()

const limits = z.strictObject({
  startTimeoutMs: milliseconds.optional(),
  idleTimeoutMs: milliseconds.optional(),
  timeoutMs: milliseconds.optional(),
  maxTokens: count.optional(),
  maxCostUsd: z.number().positive().optional(),
  maxOutputBytes: count.optional(),
  maxAnswerBytes: count.optional(),
})

const price = z.strictObject({
  inputPerMillion: dollars,
  cachedPerMillion: dollars.optional(),
  cacheWritePerMillion: dollars.optional(),
  outputPerMillion: dollars,
})

const retry = z.strictObject({
  retries: z.int().min(0).max(100).optional(),
  firstWaitMs: z.int().min(0).optional(),
  longestWaitMs: z.int().min(0).optional(),
})

const entry = z
  .strictObject({
    provider: z.enum(['anthropic', 'openai', 'openai-compatible']),
    model: z.string().min(1),
    baseUrl: z.url({ protocol: /^https?$/ }).optional(),
    apiKeyVariable: variable.optional(),
    permission: z.enum(['read', 'edit', 'full']).default(defaultPermission),
    limits: limits.optional(),
    maxSteps: count.max(10_000).optional(),
    maxOutputTokens: count.optional(),
    retry: retry.optional(),
    price: price.optional(),
    commands: z.array(z.array(z.string().min(1)).min(1)).optional(),
    commandTimeoutMs: milliseconds.optional(),
    environment: z.array(variable).optional(),
  })
  .refine(({ provider, baseUrl }) => provider !== 'openai-compatible' || baseUrl !== undefined, {
    path: ['baseUrl'],
    error: 'is needed with openai-compatible',
  })
  .refine(({ limits: given, price: known }) => given?.maxCostUsd === undefined || known !== undefined, {
    path: ['price'],
    error: 'is needed with limits.maxCostUsd: the cost of this model is not known without it',
  })
  .refine(({ permission, commands }) => commands === undefined || permission === 'full', {
    path: ['permission'],
    error: 'should be full where commands are listed: other permissions run none',
  })

/** What stands under `agents: { <name>: { http: … } }` in a configuration. */
export type HttpAgentEntry = Omit<HttpReference, 'kind' | 'name'>

/** The form of an entry. Strict: a field that it does not know is a mistake. */
export const httpAgentSchema: z.ZodType<HttpAgentEntry> = entry as unknown as z.ZodType<HttpAgentEntry>

/** Names the agent of an entry that was checked. */
export function toHttpReference(name: string, checked: HttpAgentEntry): HttpReference {
  return { kind: 'http', name, ...checked }
}

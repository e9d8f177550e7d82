import { z } from 'zod'
import type { HttpProvider } from './http-reference.ts'
import type { ModelPrice } from './model-price.ts'
import type { RetryPolicy } from './retry-policy.ts'

const count = z.int().positive()
const dollars = z.number().nonnegative()

type Optional<Value> = z.ZodExactOptional<z.ZodType<Value>>

interface HttpFields extends z.ZodRawShape {
  readonly provider: z.ZodType<HttpProvider>
  readonly baseUrl: Optional<string>
  readonly maxSteps: Optional<number>
  readonly maxOutputTokens: Optional<number>
  readonly retry: Optional<Partial<RetryPolicy>>
  readonly price: Optional<ModelPrice>
  readonly commands: Optional<string[][]>
  readonly commandTimeoutMs: Optional<number>
}

/** Fields that only the description of an HTTP agent has. */
export const httpFields: HttpFields = {
  provider: z.enum(['anthropic', 'openai', 'openai-compatible']),
  baseUrl: z.url({ protocol: /^https?$/ }).exactOptional(),
  maxSteps: count.max(10_000).exactOptional(),
  maxOutputTokens: count.exactOptional(),
  retry: z
    .strictObject({
      retries: z.int().min(0).max(100).exactOptional(),
      firstWaitMs: z.int().min(0).exactOptional(),
      longestWaitMs: z.int().min(0).exactOptional(),
    })
    .exactOptional(),
  price: z
    .strictObject({
      inputPerMillion: dollars,
      cachedPerMillion: dollars.exactOptional(),
      cacheWritePerMillion: dollars.exactOptional(),
      outputPerMillion: dollars,
    })
    .exactOptional(),
  commands: z.array(z.array(z.string().min(1)).min(1)).exactOptional(),
  commandTimeoutMs: count.exactOptional(),
}

interface Checked {
  readonly provider: string
  readonly baseUrl?: string
}

/** What one field asks of another. */
export function checkHttpFields({ provider, baseUrl }: Checked, context: z.RefinementCtx): void {
  if (provider !== 'openai-compatible' || baseUrl !== undefined) return
  context.addIssue({ code: 'custom', path: ['baseUrl'], message: 'is needed with openai-compatible' })
}

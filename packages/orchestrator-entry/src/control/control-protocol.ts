import { z } from 'zod'

/*
 * What is said on a control socket, a JSON document on a line each: one request, then answers until `done` or `failed`. A requester that hangs up
 * no longer wants it.
 */

export interface ProfileRequest {
  readonly type: 'profile'
  readonly sessionId: string
  readonly kind: 'cpu' | 'heap'
  /** Absolute: the host's folder is not the requester's. */
  readonly file: string
  /** How long a CPU profile looks, or a heap snapshot may take. */
  readonly milliseconds?: number
}

export type ControlRequest = ProfileRequest

const profileRequest = z.strictObject({
  type: z.literal('profile'),
  sessionId: z.string().min(1).max(200),
  kind: z.enum(['cpu', 'heap']),
  file: z.string().startsWith('/').max(4096),
  milliseconds: z.number().positive().max(600_000).exactOptional(),
})

export const controlRequest: z.ZodType<ControlRequest> = z.discriminatedUnion('type', [profileRequest])

/** A profile that was written. */
export interface ControlResult {
  readonly sessionId: string
  readonly kind: 'cpu' | 'heap'
  /** Absolute. */
  readonly path: string
  /** Bytes. */
  readonly size: number
}

export type ControlAnswer =
  | { readonly type: 'accepted' }
  | { readonly type: 'done'; readonly result: ControlResult }
  | { readonly type: 'failed'; readonly error: { readonly code: string; readonly message: string } }

const writtenProfile = z.object({
  sessionId: z.string(),
  kind: z.enum(['cpu', 'heap']),
  path: z.string(),
  size: z.number(),
})

export const controlAnswer: z.ZodType<ControlAnswer> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('accepted') }),
  z.object({ type: z.literal('done'), result: writtenProfile }),
  z.object({ type: z.literal('failed'), error: z.object({ code: z.string(), message: z.string() }) }),
])

/** Longer than any request or answer of ours. */
export const LONGEST_LINE: number = 64 * 1024

// Terminology
// - script: what the server does with a conversation; chosen for each request.
// - fault: what goes wrong before the script's own answers, so many times for each conversation.
// - turn: the tool calls of one answer. The turn is found by counting the tool results in the request, so the server
//   keeps no state for it, and two conversations never disturb each other.
import { z } from 'zod'

export interface Usage {
  /** Cached ones included. */
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
}

export type Intent =
  /** A call of the client's tool for writing files, whatever it is named. The path is relative to the client's folder. */
  | { readonly write: string; readonly content: string }
  /** A call of the client's tool for running commands. */
  | { readonly run: string }
  /** A call of exactly this tool. It is made whether the client offers it or not. */
  | { readonly call: string; readonly input?: unknown }

export interface RetryAfter {
  readonly seconds: number
  readonly form: 'seconds' | 'date'
}

/** `times` for each conversation; null is for ever. */
export type Fault = { readonly times: number | null } & (
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter: RetryAfter | null }
  /** The request is read and never answered. */
  | { readonly kind: 'hang' }
  /** Half of the answer, then nothing. */
  | { readonly kind: 'hang-mid' }
  /** Half of the answer, then the socket is destroyed. */
  | { readonly kind: 'cut' }
  /** Status 200 and a page of HTML. */
  | { readonly kind: 'garbage' }
)

/** A script as it is written: everything may be left out. */
export interface ScriptInput {
  /** @default none */
  readonly fault?: Fault | undefined
  /** @default none: the answer in the end comes at once */
  readonly turns?: readonly (readonly Intent[])[] | undefined
  /** Whether the turns begin again when they have all been had: a model that is never done. @default false */
  readonly repeat?: boolean | undefined
  /** The answer in the end. @default how many tool results the model has seen */
  readonly text?: string | undefined
  /** @default 1,200 tokens in, 200 of them cached, 34 out */
  readonly usage?: Usage | undefined
  /** Milliseconds between two pieces of a streamed answer, and before the end of one that is not streamed. @default 0 */
  readonly paceMs?: number | undefined
}

export interface Script extends ScriptInput {
  readonly turns: readonly (readonly Intent[])[]
  readonly repeat: boolean
  readonly paceMs: number
}

const count = z.int().nonnegative()
const times = z.int().positive().nullable().default(null)
const usage = z.strictObject({ inputTokens: count, cachedTokens: count, outputTokens: count })
const retryAfter = z.strictObject({ seconds: z.number(), form: z.enum(['seconds', 'date']) })
const status = z.int().min(400).max(599)

const intent = z.union([
  z.strictObject({ write: z.string().min(1), content: z.string() }),
  z.strictObject({ run: z.string().min(1) }),
  z.strictObject({ call: z.string().min(1), input: z.unknown().optional() }),
])

const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('status'), status, retryAfter: retryAfter.nullable().default(null), times }),
  z.strictObject({ kind: z.enum(['hang', 'hang-mid', 'cut', 'garbage']), times }),
])

/** The form of a script, wherever it comes from. */
export const scriptSchema: z.ZodType<Script> = z.strictObject({
  fault: fault.optional(),
  turns: z.array(z.array(intent).min(1)).default([]),
  repeat: z.boolean().default(false),
  text: z.string().optional(),
  usage: usage.optional(),
  paceMs: count.default(0),
})

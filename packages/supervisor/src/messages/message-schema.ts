import { z } from 'zod'
import type { EncodedError } from './error-codec.ts'
import { BRAND, type Envelope, type Usage, type WorkerMessage } from './messages.ts'

/*
 * What a supervisor accepts from a worker. Task code can get at the wire (by a patched prototype, by a file descriptor), and what
 * it writes there must not reach the supervisor's own code unread.
 */

const pid = z.number().int().min(2)
const usage = z.object({ heapMb: z.number(), externalMb: z.number(), cpuMs: z.number().nullable() })
const droppedLogLines = z.number().int().nonnegative()

const logLine = z.object({ at: z.number(), source: z.enum(['log', 'stdout', 'stderr']), text: z.string() })

const artifact = z.object({ name: z.string(), path: z.string(), size: z.number(), sha256: z.string() })

const resultFile = z.object({ artifact, format: z.enum(['bytes', 'text', 'json', 'clone']) })

const error: z.ZodType<EncodedError> = z.lazy(() =>
  z.object({
    name: z.string(),
    message: z.string(),
    stack: z.string().exactOptional(),
    code: z.union([z.string(), z.number()]).exactOptional(),
    fields: z.record(z.string(), z.unknown()).exactOptional(),
    cause: error.exactOptional(),
    errors: z.array(error).exactOptional(),
  }),
)

const envelope = { brand: z.literal(BRAND), sequence: z.number().int(), acknowledge: z.boolean() }

const workerMessage = z.discriminatedUnion('type', [
  z.object({
    ...envelope,
    type: z.literal('ready'),
    threadId: z.number().int().positive().nullable(),
  }),
  z.object({ ...envelope, type: z.literal('usage'), usage }),
  z.object({ ...envelope, type: z.literal('progress'), value: z.unknown() }),
  z.object({ ...envelope, type: z.literal('heartbeat') }),
  z.object({ ...envelope, type: z.literal('log'), line: logLine }),
  z.object({ ...envelope, type: z.literal('checkpoint'), value: z.unknown() }),
  z.object({ ...envelope, type: z.literal('chunk'), value: z.unknown() }),
  z.object({ ...envelope, type: z.literal('artifact'), artifact }),
  z.object({ ...envelope, type: z.literal('child'), pid }),
  z.object({ ...envelope, type: z.literal('childExit'), pid }),
  z.object({
    ...envelope,
    type: z.literal('result'),
    bytes: z.number().nonnegative(),
    value: z.unknown().optional(),
    file: resultFile.exactOptional(),
    usage,
    droppedLogLines,
  }),
  z.object({
    ...envelope,
    type: z.literal('failure'),
    at: z.enum(['import', 'task', 'uncaught']),
    error,
    usage,
    droppedLogLines,
  }),
])

type Result = Extract<Envelope<WorkerMessage>, { type: 'result' }>

/**
 * What every task ends with, when it is plainly right. Its caller waits for this look, which takes the schema 0.06 ms with cold caches;
 * whatever is not plainly right is left to that.
 */
const isPlainResult = (message: unknown): message is Result => {
  const { brand, type, sequence, acknowledge, bytes, file, usage, droppedLogLines } = Object(message) as Partial<Result>
  return (
    type === 'result' &&
    brand === BRAND &&
    Number.isSafeInteger(sequence) &&
    typeof acknowledge === 'boolean' &&
    isCount(bytes) &&
    isCount(droppedLogLines) &&
    file === undefined &&
    isPlainUsage(usage)
  )
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

const isPlainUsage = (read: unknown): boolean => {
  const { heapMb, externalMb, cpuMs } = Object(read) as Partial<Usage>
  return Number.isFinite(heapMb) && Number.isFinite(externalMb) && (cpuMs === null || Number.isFinite(cpuMs))
}

/** The message as it may be used, or what is wrong with it. */
export const readWorkerMessage = (message: unknown): Envelope<WorkerMessage> | { readonly problem: string } => {
  if (isPlainResult(message)) return message
  const read = workerMessage.safeParse(message)
  if (read.success) return read.data
  return {
    problem: read.error.issues.map(({ path, message }) => `${path.join('.') || 'message'}: ${message}`).join('; '),
  }
}

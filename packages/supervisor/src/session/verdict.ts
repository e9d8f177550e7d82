import type { MemorySample } from '../tiers/transport.ts'
import type { OutcomeCause } from './outcome.ts'

/** Why a session ends: decided once. */
export interface Verdict {
  readonly cause: OutcomeCause
  readonly message: string
  readonly error?: unknown
}

export const queueVerdict = (ms?: number): Verdict => ({
  cause: 'queue_timeout',
  message: `not started within ${ms} ms`,
})
export const startupVerdict = (ms: number): Verdict => ({
  cause: 'startup',
  message: `its module was not ready within ${ms} ms`,
})
export const timeoutVerdict = (ms: number): Verdict => ({ cause: 'timeout', message: `ran longer than ${ms} ms` })
export const deadlineVerdict = (ms?: number): Verdict => ({
  cause: 'deadline',
  message: `not done within ${ms} ms of submission`,
})
export const heartbeatVerdict = (ms?: number): Verdict => ({
  cause: 'heartbeat',
  message: `no heartbeat within ${ms} ms`,
})

export const memoryVerdict = (
  cause: 'heap_soft' | 'external' | 'rss',
  what: string,
  usedMb: number,
  limitMb: number,
): Verdict => ({
  cause,
  message: `its ${what} grew to ${Math.round(usedMb)} MB, the limit is ${Math.round(limitMb)} MB`,
})

/** What a Node process takes for itself: code, stacks, young generation. 45 to 85 MB idle on 22, 24 and 26. */
const PROCESS_OWN_MB = 128

/** What a reading of a worker's memory means; undefined when it keeps to its limits. All is MB. */
export const limitVerdict = (
  { heapMb, externalMb, rssMb }: Partial<MemorySample>,
  heapLimitMb: number,
  externalLimitMb: number,
): Verdict | undefined => {
  const rssLimitMb = heapLimitMb + externalLimitMb + PROCESS_OWN_MB
  if (isAbove(heapMb, heapLimitMb)) return memoryVerdict('heap_soft', 'heap', heapMb, heapLimitMb)
  if (isAbove(externalMb, externalLimitMb)) {
    return memoryVerdict('external', 'external memory', externalMb, externalLimitMb)
  }
  return isAbove(rssMb, rssLimitMb) ? memoryVerdict('rss', 'resident size', rssMb, rssLimitMb) : undefined
}

const isAbove = (usedMb: number | null | undefined, limitMb: number): usedMb is number =>
  typeof usedMb === 'number' && usedMb > limitMb

/** A worker that has gone without a result; whatever its exit code, that is a failure. */
export const exitVerdict = (
  cause: 'startup' | 'exit',
  exitCode: number | null,
  signal: string | null,
  lastWords: string,
): Verdict => {
  const how = signal === null ? `exited with code ${exitCode}` : `was ended by ${signal}`
  const said = lastWords.trim()
  return { cause, message: `the worker ${how} without a result${said === '' ? '' : `; it last said: ${said}`}` }
}

/** A worker that has died of an error. */
export const crashVerdict = (cause: 'startup' | 'error', error: unknown): Verdict => ({
  cause: codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY' ? 'heap_hard' : cause,
  message: messageOf(error),
  error,
})

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null | undefined)?.code
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : `the worker threw ${String(error)}`

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

/** A worker that has gone without a result; whatever its exit code, that is a failure. */
export const exitVerdict = (
  cause: 'startup' | 'exit',
  exitCode: number | null,
  signal: string | null,
  lastWords: string,
): Verdict => {
  const how = signal === null ? `exited with code ${exitCode}` : `was ended by ${signal} from outside`
  const said = lastWords.trim()
  return { cause, message: `the worker ${how} without a result${said === '' ? '' : `; it last said: ${said}`}` }
}

export const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null | undefined)?.code
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : `the worker threw ${String(error)}`

import { z } from 'zod'
import { durationMs } from '../duration.ts'
import type { PlanReport } from './plan-report.ts'

/** How often a step is tried, and how long it waits before it is tried again. */
export interface PlannedRetry {
  readonly attempts: number | null
  readonly backoffMs: number | null
}

const expectedCount = 'expected a whole number from 1 to 100'
const count = z.number({ error: expectedCount }).int(expectedCount).min(1, expectedCount).max(100, expectedCount)
const repeats = z.number().int().min(0).max(99, 'expected a whole number from 0 to 99')
const milliseconds = z.number({ error: 'expected milliseconds' }).min(0, 'expected milliseconds').max(2_147_483_647)

const retry: z.ZodType<Record<string, unknown>> = z.union(
  [count.transform((attempts) => ({ attempts })), z.record(z.string(), z.unknown())],
  { error: 'expected a number of attempts from 1 to 100, or a map with attempts and backoff' },
)

/** What a step's `retry` says counts before what the workflow's `retry_config` says. */
export function mergeRetry(step: PlannedRetry, workflow: PlannedRetry): PlannedRetry {
  return { attempts: step.attempts ?? workflow.attempts, backoffMs: step.backoffMs ?? workflow.backoffMs }
}

/**
 * Reads `3`, `{ attempts: 3 }`, `{ max_attempts: 3 }` or `{ max_retries: 2 }`, with `backoff: 5s`, `backoff_ms` or
 * `initial_delay_ms`. The pause doubles from attempt to attempt; another strategy is noted.
 */
export function planRetry(written: unknown, path: readonly PropertyKey[], report: PlanReport): PlannedRetry {
  const read = report.read(retry, written, path)
  if (read === undefined) return { attempts: null, backoffMs: null }
  const says = new RetryReader(read, path, report)
  return { attempts: says.attempts(), backoffMs: says.backoffMs() }
}

class RetryReader {
  readonly #written: Readonly<Record<string, unknown>>
  readonly #path: readonly PropertyKey[]
  readonly #report: PlanReport

  constructor(written: Readonly<Record<string, unknown>>, path: readonly PropertyKey[], report: PlanReport) {
    this.#written = written
    this.#path = path
    this.#report = report
  }

  attempts(): number | null {
    const retries = this.#read(repeats, 'max_retries')
    return (
      this.#read(count, 'attempts') ?? this.#read(count, 'max_attempts') ?? (retries === undefined ? null : retries + 1)
    )
  }

  backoffMs(): number | null {
    const inMilliseconds = this.#read(milliseconds, 'backoff_ms') ?? this.#read(milliseconds, 'initial_delay_ms')
    this.#noteStrategy()
    return inMilliseconds ?? this.#duration()
  }

  #duration(): number | null {
    const { backoff } = this.#written
    if (backoff === undefined || backoff === null || backoff === 'exponential') return null
    const read = typeof backoff === 'string' ? durationMs(backoff) : undefined
    if (read === undefined)
      this.#report.problem([...this.#path, 'backoff'], 'expected a time with its unit, such as 500ms, 5s or 2m')
    return read ?? null
  }

  #noteStrategy(): void {
    const { backoff_strategy: strategy } = this.#written
    if (typeof strategy !== 'string' || strategy === 'exponential') return
    this.#report.note(
      [...this.#path, 'backoff_strategy'],
      `${JSON.stringify(strategy)} is not known: the pause doubles`,
    )
  }

  #read<Value>(schema: z.ZodType<Value>, key: string): Value | undefined {
    return this.#report.read(schema, this.#written[key], [...this.#path, key])
  }
}

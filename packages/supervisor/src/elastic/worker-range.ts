import { availableParallelism } from 'node:os'
import { defaults, MOST_WORKERS, type SupervisorOptions } from '../options.ts'
import type { SizeBounds } from './size-controller.ts'

/** An agent's task waits for models and programs for more than three quarters of its time. */
const WORKERS_PER_CORE = 4

/** MB of heap that `maxWorkers: 'auto'` leaves to each task that does not say. */
const ROOMY_HEAP_MB = 1024

export interface WorkerRange extends SizeBounds {
  /** False: `maxWorkers` at once, from the beginning. */
  readonly isElastic: boolean
}

/** How many workers there may be: `auto` is four for each core, as far as the budget holds them, and elastic as with `minWorkers`. */
export const workerRange = (
  options: SupervisorOptions,
  budgetMb: number,
  cores: number = availableParallelism(),
): WorkerRange => {
  const { minWorkers, maxWorkers = defaults.maxWorkers } = options
  const firstStep = cores * WORKERS_PER_CORE
  const most = maxWorkers === 'auto' ? Math.max(minWorkers ?? 1, fitting(firstStep, options, budgetMb)) : maxWorkers
  const isElastic = minWorkers !== undefined || maxWorkers === 'auto'
  return { isElastic, minWorkers: minWorkers ?? (isElastic ? 1 : most), maxWorkers: most, firstStep }
}

const fitting = (wanted: number, options: SupervisorOptions, budgetMb: number): number => {
  const { heapLimitMb = ROOMY_HEAP_MB, externalLimitMb = defaults.externalLimitMb } = options
  return Math.min(wanted, MOST_WORKERS, Math.floor(budgetMb / (heapLimitMb + externalLimitMb)))
}

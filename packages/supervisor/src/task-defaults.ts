import { fitDefaultHeapLimit } from './memory/memory-budget.ts'
import { defaults, type SupervisorOptions } from './options.ts'
import type { TaskDefaults } from './submission.ts'
import { findFuseOverride } from './tiers/fuse.ts'

/** What tasks get that do not say, with a line for everything that is not as it was asked for. */
export const taskDefaults = (
  options: SupervisorOptions,
  maxWorkers: number,
  budgetMb: number,
  log: (message: string) => void,
): TaskDefaults => {
  const wantedMb = options.heapLimitMb ?? defaults.heapLimitMb
  const externalLimitMb = options.externalLimitMb ?? defaults.externalLimitMb
  const heapLimitMb = fitDefaultHeapLimit(wantedMb, externalLimitMb, maxWorkers, budgetMb)
  if (heapLimitMb < wantedMb) {
    log(
      `Default heap limit lowered from ${wantedMb} MB to ${heapLimitMb} MB: ${maxWorkers} workers must fit into ${budgetMb} MB`,
    )
  }
  const override = findFuseOverride()
  if (override !== undefined) {
    log(`--max-old-space-size=${override} replaces the hard heap limit of workers; their soft limits hold`)
  }
  return {
    heapLimitMb,
    externalLimitMb,
    timeoutMs: options.timeoutMs ?? defaults.timeoutMs,
    keyConcurrency: options.keyConcurrency ?? defaults.keyConcurrency,
  }
}

import { memoryLimit } from './machine-memory.ts'

const MB = 1024 * 1024

/** The share of the machine that workers may be promised; the rest is for this process, its children and the system. */
const SHARE = 0.75

/** A default heap limit is never lowered below this. */
const SMALLEST_DEFAULT_HEAP_MB = 512

/** MB that running tasks may be promised together: 75 % of the smaller of machine and cgroup. */
export const defaultMemoryBudgetMb = (): number => Math.floor((memoryLimit() / MB) * SHARE)

/** The default heap limit, lowered until `maxWorkers` tasks fit into the budget. */
export const fitDefaultHeapLimit = (
  wantedMb: number,
  externalLimitMb: number,
  maxWorkers: number,
  budgetMb: number,
): number => {
  const fitting = Math.floor(budgetMb / maxWorkers) - externalLimitMb
  return Math.min(wantedMb, Math.max(SMALLEST_DEFAULT_HEAP_MB, fitting))
}

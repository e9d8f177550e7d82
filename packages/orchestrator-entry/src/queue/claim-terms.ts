import type { ExecutionMode } from '@mayfly/run-store'
import { type AgentSupervisor, defaultMemoryBudgetMb, defaults, fitDefaultHeapLimit } from '@mayfly/supervisor'
import type { Settings } from '../settings.ts'
import type { ClaimTerms } from './run-driver.ts'

/**
 * What a process asks for when it claims: its limits hold over all processes on the store, because what others have claimed counts.
 * In place nothing is committed: there is no limit that could be enforced.
 */
export const claimTerms = (
  mode: ExecutionMode,
  settings: Settings,
  supervisor: AgentSupervisor | undefined,
): ClaimTerms => {
  const perKey = settings.maxPerKey.value ?? null
  if (mode === 'legacy' || supervisor === undefined) {
    return { isolation: 'in-process', memoryMb: 0, limits: { perKey }, reasonOtherwise: IN_PLACE }
  }
  const { maxWorkers, memory } = supervisor.getMetrics()
  const isolation = settings.isolation.value === 'process' ? 'process' : 'thread'
  return {
    isolation,
    limits: { workers: maxWorkers, memoryMb: memory.budgetMb, perKey },
    memoryMb: reservationMb(undefined, maxWorkers, memory.budgetMb),
    heapLimitMb: settings.heapLimitMb.value ?? null,
    reasonOtherwise: IN_A_WORKER,
  }
}

const IN_PLACE = 'executed in place: the process that took it up has no workers'
const IN_A_WORKER = 'executed in a worker of the process that took it up'

/** MB that each attempt commits, where a heap limit was asked for. */
export const explicitMemoryMb = ({ heapLimitMb }: Settings, supervisor: AgentSupervisor | undefined): number | null => {
  if (heapLimitMb.value === undefined) return null
  const budgetMb = supervisor?.getMetrics().memory.budgetMb ?? defaultMemoryBudgetMb()
  return reservationMb(heapLimitMb.value, 1, budgetMb)
}

/** MB that an attempt commits, as the supervisor counts it. One that exceeds the budget is the supervisor's to refuse. */
export const reservationMb = (heapLimitMb: number | undefined, maxWorkers: number, budgetMb: number): number => {
  const { externalLimitMb } = defaults
  const heapMb = heapLimitMb ?? fitDefaultHeapLimit(defaults.heapLimitMb, externalLimitMb, maxWorkers, budgetMb)
  const committedMb = heapMb + externalLimitMb
  return committedMb > budgetMb ? 0 : committedMb
}

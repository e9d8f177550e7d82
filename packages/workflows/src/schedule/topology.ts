import type { PlannedStep } from '../plan/planned-step.ts'
import type { WorkflowPlan } from '../plan/workflow-plan.ts'
import { ScheduleError } from './schedule-error.ts'

/** Which step waits for which, both ways. Everything is by position. */
export interface Topology {
  /** The `needs` of each step, and the step that its failures send the run back to. */
  readonly needs: readonly (readonly number[])[]
  readonly dependants: readonly (readonly number[])[]
  /** Every step, after all that it needs. */
  readonly order: readonly number[]
  /** Whether any step can send the run back. */
  readonly sendsBack: boolean
}

// Found by the plan's identity: whoever keeps the plan of a run pays for it once.
const known = new WeakMap<WorkflowPlan, Topology>()

/** @throws {ScheduleError} SCHEDULE_PLAN_INVALID */
export function topologyOf(plan: WorkflowPlan): Topology {
  const found = known.get(plan)
  if (found !== undefined) return found
  const topology = readTopology(plan.steps)
  known.set(plan, topology)
  return topology
}

function readTopology(steps: readonly PlannedStep[]): Topology {
  const needs = steps.map(needsOf)
  const dependants = turned(needs)
  const sendsBack = steps.some(({ onFailure }) => onFailure !== undefined)
  return { needs, dependants, order: ordered(needs, dependants), sendsBack }
}

function needsOf({ needs, onFailure }: PlannedStep): readonly number[] {
  if (onFailure === undefined || needs.includes(onFailure.to)) return needs
  return [...needs, onFailure.to]
}

function turned(needs: readonly (readonly number[])[]): number[][] {
  const dependants: number[][] = needs.map(() => [])
  needs.forEach((ofStep, step) => {
    for (const need of ofStep) dependantsOf(dependants, need, step).push(step)
  })
  return dependants
}

function dependantsOf(dependants: number[][], need: number, step: number): number[] {
  const found = dependants[need]
  if (found !== undefined) return found
  throw new ScheduleError('SCHEDULE_PLAN_INVALID', step, `the step at ${step} needs one at ${need}, which is not there`)
}

function ordered(needs: readonly (readonly number[])[], dependants: readonly (readonly number[])[]): number[] {
  const missing = needs.map((ofStep) => ofStep.length)
  const order = [...missing.keys()].filter((step) => missing[step] === 0)
  // Grows while it is walked.
  for (const step of order) order.push(...freed(dependants[step] ?? [], missing))
  const stuck = missing.findIndex((count) => count > 0)
  if (stuck === -1) return order
  const message = `the step at ${stuck} comes after itself: by its needs, or by the step that it is sent back to`
  throw new ScheduleError('SCHEDULE_PLAN_INVALID', stuck, message)
}

/** Those that have no need left once one more is met. */
function freed(dependants: readonly number[], missing: number[]): number[] {
  return dependants.filter((step) => {
    const left = (missing[step] ?? 0) - 1
    missing[step] = left
    return left === 0
  })
}

/** The steps that are reached over these edges, without the one that the way begins at. */
export function reached(from: number, edges: readonly (readonly number[])[]): Set<number> {
  const found = new Set<number>()
  const line = [...(edges[from] ?? [])]
  for (let step = line.pop(); step !== undefined; step = line.pop()) {
    if (found.has(step)) continue
    found.add(step)
    line.push(...(edges[step] ?? []))
  }
  return found
}

import { z } from 'zod'
import { durationMs } from '../duration.ts'
import type { WorkflowStep } from '../workflow.ts'
import type { PlanReport } from './plan-report.ts'
import type { PlannedStep, PlannedValidation } from './planned-step.ts'

const approvals: Readonly<Record<string, 'after' | 'before' | 'none'>> = {
  ...{ required: 'after', after: 'after', true: 'after', before: 'before', none: 'none', false: 'none' },
}
const APPROVAL = 'expected required (or after), before, or none'
const approval = z
  .union([z.string(), z.boolean()], { error: APPROVAL })
  .transform(String)
  .refine((written) => Object.hasOwn(approvals, written), APPROVAL)

const milliseconds = z
  .number({ error: 'expected milliseconds' })
  .int('expected whole milliseconds')
  .min(1, 'expected milliseconds from 1 on')
  .max(2_147_483_647, 'expected at most 24 days')
const score = z.number({ error: 'expected a number from 0 on' }).min(0, 'expected a number from 0 on')

/** Reads `approval`: `required` and `after` mean the same. */
export function planApproval(step: WorkflowStep, position: number, report: PlanReport): PlannedStep['approval'] {
  const read = approvals[report.read(approval, step['approval'], ['steps', position, 'approval']) ?? 'none']
  return read === 'none' ? undefined : read
}

/** Reads `validation`, and a `minimum_score` that stands beside it. */
export function planValidation(
  step: WorkflowStep,
  position: number,
  report: PlanReport,
): PlannedValidation | undefined {
  const { schema, gate, minimum_score: inner } = step.validation ?? {}
  const path = ['steps', position]
  const minimumScore =
    report.read(score, inner, [...path, 'validation', 'minimum_score']) ??
    report.read(score, step['minimum_score'], [...path, 'minimum_score'])
  const read = {
    ...(schema === undefined ? {} : { schema }),
    ...(gate === undefined ? {} : { gate }),
    ...(minimumScore === undefined ? {} : { minimumScore }),
  }
  return Object.keys(read).length > 0 ? read : undefined
}

/** Reads `timeout: 10m` or `timeout_ms`. A timeout without a unit is noted: seconds and milliseconds look the same. */
export function planTimeout(step: WorkflowStep, position: number, report: PlanReport): number | undefined {
  const path = ['steps', position]
  const inMilliseconds = report.read(milliseconds, step['timeout_ms'], [...path, 'timeout_ms'])
  if (inMilliseconds !== undefined || step['timeout'] === undefined) return inMilliseconds
  const { timeout } = step
  if (typeof timeout === 'number')
    report.note([...path, 'timeout'], `${timeout} has no unit and is not read: write 10m, 30s or 500ms`)
  else if (typeof timeout === 'string' && (durationMs(timeout) ?? 0) > 0) return durationMs(timeout)
  else report.problem([...path, 'timeout'], 'expected a time with its unit, such as 10m, 30s or 500ms')
  return undefined
}

import { z } from 'zod'
import type { Workflow, WorkflowStep } from '../workflow.ts'
import type { PlanReport } from './plan-report.ts'
import type { StepIndex } from './step-index.ts'

export const stepReference: z.ZodType<string | number> = z.union([z.number(), z.string()], {
  error: 'expected the number or the name of a step',
})

const references = z.union([z.array(stepReference), stepReference], {
  error: 'expected a list of step numbers or names',
})

/**
 * The positions that each step needs: its `needs`, or else the step that stands before it. Nothing is taken from the
 * numbers: the order of the file counts.
 */
export function planNeeds(workflow: Workflow, index: StepIndex, report: PlanReport): number[][] {
  return workflow.steps.map((step, position) =>
    hasNeeds(step) ? explicitNeeds(step, position, index, report) : position === 0 ? [] : [position - 1],
  )
}

export function hasNeeds(step: WorkflowStep | undefined): boolean {
  return step?.['needs'] !== undefined
}

function explicitNeeds(step: WorkflowStep, position: number, index: StepIndex, report: PlanReport): number[] {
  const path = ['steps', position, 'needs']
  const written = report.read(references, step['needs'], path) ?? []
  const listed = Array.isArray(written) ? written : [written]
  const needs = listed.flatMap((reference, item) => {
    const found = index.find(reference)
    if (found.position !== null) return [found.position]
    report.problem(Array.isArray(written) ? [...path, item] : path, found.why)
    return []
  })
  return Array.from(new Set(needs))
}

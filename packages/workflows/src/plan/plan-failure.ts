import { z } from 'zod'
import { stepReference } from './plan-needs.ts'
import type { PlanScope } from './plan-scope.ts'
import type { OnFailure } from './planned-step.ts'

const ENDS = new Set(['abort', 'block', 'fail', 'halt', 'stop'])
const expectedMax = 'expected a whole number from 1 to 100'
const written = z.union(
  [
    stepReference.transform((step) => ({ step, max: undefined })),
    z.looseObject({
      step: stepReference,
      max: z.number({ error: expectedMax }).int(expectedMax).min(1, expectedMax).max(100, expectedMax).nullish(),
    }),
  ],
  { error: 'expected an earlier step, such as 2, or { step: 2, max: 1 }' },
)

/**
 * Reads `on_failure`: the number or the name of an earlier step, or a map with `step` and `max`. A sentence, such as
 * "Return to implementation step with feedback", is noted and changes nothing: a failure ends the run.
 */
export function planFailure(scope: PlanScope, position: number): OnFailure | undefined {
  const path = ['steps', position, 'on_failure']
  const value = scope.workflow.steps[position]?.['on_failure']
  if (typeof value === 'string' && ENDS.has(value)) return undefined
  const read = scope.report.read(written, value, path)
  if (read === undefined) return undefined
  const found = scope.index.find(read.step)
  if (found.position !== null) return goBack(scope, position, found.position, read.max ?? 1)
  if (typeof value === 'string' && /\s/.test(value.trim()))
    scope.report.note(
      path,
      `${JSON.stringify(value.slice(0, 100))} names no step: nothing here reads it, so a failure ends the run`,
    )
  else scope.report.problem(path, found.why)
  return undefined
}

function goBack(scope: PlanScope, position: number, to: number, max: number): OnFailure | undefined {
  const path = ['steps', position, 'on_failure']
  if (to >= position) scope.report.problem(path, `${scope.index.describe(to)} does not come earlier in the file`)
  else if (!scope.order.comesBefore(to, position))
    scope.report.problem(path, `${scope.index.describe(to)} is not among what this step needs`)
  else return { to, max }
  return undefined
}

import { hasNeeds } from './plan-needs.ts'
import type { PlanScope } from './plan-scope.ts'

// `plan.json (from step 0)`, `report.json (optional, from step 1.5)`
// Short of 200 characters on each side, so that a megabyte of brackets is read in linear time.
const FROM_STEP = /\([^()]{0,200}?\bfrom step (\d{1,9}(?:\.\d{1,9})?)[^()]{0,200}\)/g

/**
 * Checks where inputs say that they come from. A step that is not there is a mistake, and so is one that may not have
 * ended when this step begins; one that comes later can only give something to a step that is sent back, and is noted.
 */
export function checkReferences(scope: PlanScope, position: number): void {
  for (const text of scope.workflow.steps[position]?.inputs ?? []) {
    if (!text.includes('from step')) continue
    for (const match of text.matchAll(FROM_STEP)) checkReference(scope, position, text, match)
  }
}

function checkReference(scope: PlanScope, position: number, text: string, match: RegExpExecArray): void {
  const path = ['steps', position, 'inputs']
  const at = { text, start: match.index, end: match.index + match[0].length }
  const from = scope.index.findNumber(match[1] ?? '')
  if (from === undefined) scope.report.problem(path, `there is no step ${match[1]}`, at)
  else if (from === position) scope.report.problem(path, 'is from this very step', at)
  else if (scope.order.comesBefore(from, position)) return
  else if (from > position && !hasNeeds(scope.workflow.steps[position]))
    scope.report.note(
      path,
      `${JSON.stringify(text.slice(0, 100))}: ${scope.index.describe(from)} comes later, so it is there only when this step is done again`,
      at,
    )
  else
    scope.report.problem(
      path,
      `${scope.index.describe(from)} may not have ended when this step begins: add it to needs`,
      at,
    )
}

import type { RunRecord } from '@mayfly/run-store'
import type { StoredWorkflow } from './stored-workflow.ts'

/** What stands for the placeholders of a workflow file in one run. */
export const templateValues = (
  { plan, inputs }: Pick<StoredWorkflow, 'plan' | 'inputs'>,
  { runId, prompt }: Pick<RunRecord, 'runId' | 'prompt'>,
): Readonly<Record<string, string>> => ({
  workflow_id: runId,
  run_id: runId,
  workflow: plan.name,
  prompt,
  ...Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      `inputs.${name}`,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  ),
})

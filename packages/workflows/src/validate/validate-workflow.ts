import { loadWorkflow } from '../load-workflow.ts'
import { planWorkflow } from '../plan/plan-workflow.ts'
import type { PlanNote, WorkflowPlan } from '../plan/workflow-plan.ts'
import { WorkflowError, type WorkflowProblem } from '../workflow-error.ts'

/** What a look at a workflow file came to. */
export interface WorkflowReport {
  /** Absolute when the file was read to its end. */
  readonly file: string
  /** Null when there are problems. */
  readonly plan: WorkflowPlan | null
  readonly problems: readonly WorkflowProblem[]
  readonly notes: readonly PlanNote[]
}

/**
 * Looks at a workflow file without running anything: what is wrong with it, and what is worth a word.
 *
 * @throws {WorkflowFileError} the file cannot be read: WORKFLOW_NOT_FOUND, WORKFLOW_TOO_LARGE, WORKFLOW_UNREADABLE
 */
export async function validateWorkflow(path: string): Promise<WorkflowReport> {
  try {
    const workflow = await loadWorkflow(path)
    const plan = planWorkflow(workflow)
    return { file: workflow.path, plan, problems: [], notes: plan.notes }
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error
    return { file: error.file, plan: null, problems: error.problems, notes: [] }
  }
}

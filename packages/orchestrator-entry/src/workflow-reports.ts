import { resolve } from 'node:path'
import {
  type CatalogueEntry,
  findWorkflow,
  listWorkflows,
  loadWorkflow,
  planWorkflow,
  validateWorkflow,
  type WorkflowPlan,
  type WorkflowReport,
  workflowGraph,
} from '@mayfly/workflows'

/* What workflow files say. Nothing here runs or writes anything. */

/** The workflows that come with Mayfly. */
export const reportWorkflows = (): Promise<readonly CatalogueEntry[]> => listWorkflows()

/**
 * What a workflow comes to, by its name in the catalogue or the path of its file.
 * @throws WorkflowUnknownError, WorkflowFileError, WorkflowError
 */
export const reportWorkflow = async (nameOrPath: string, cwd: string): Promise<WorkflowPlan> => {
  const { path } = await findWorkflow(nameOrPath, cwd)
  return planWorkflow(await loadWorkflow(path))
}

/** Everything that is wrong with a workflow file, and what is worth a word. @throws WorkflowUnknownError, WorkflowFileError */
export const examineWorkflow = async (nameOrPath: string, cwd: string): Promise<WorkflowReport> =>
  validateWorkflow(isFile(nameOrPath) ? resolve(cwd, nameOrPath) : (await findWorkflow(nameOrPath, cwd)).path)

/** As a Mermaid flowchart. @throws WorkflowUnknownError, WorkflowFileError, WorkflowError */
export const drawWorkflow = async (nameOrPath: string, cwd: string): Promise<string> =>
  workflowGraph(await reportWorkflow(nameOrPath, cwd))

const isFile = (nameOrPath: string): boolean => /\.ya?ml$/i.test(nameOrPath)

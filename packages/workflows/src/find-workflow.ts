import { resolve } from 'node:path'
import { type CatalogueEntry, catalogueEntry, listWorkflows } from './catalogue.ts'
import { loadWorkflow } from './load-workflow.ts'
import { WorkflowUnknownError } from './workflow-unknown-error.ts'

/**
 * Finds a workflow by its name in the catalogue, or by the path of a `.yaml` or `.yml` file, relative to `cwd`.
 * A file is read and checked, so that a mistake in it shows at once.
 *
 * @throws {WorkflowUnknownError} neither a name in the catalogue nor such a path (WORKFLOW_UNKNOWN)
 * @throws {WorkflowFileError} the file cannot be read
 * @throws {WorkflowError} the file is not a workflow
 */
export async function findWorkflow(nameOrPath: string, cwd: string): Promise<CatalogueEntry> {
  if (/\.ya?ml$/i.test(nameOrPath)) return catalogueEntry(await loadWorkflow(resolve(cwd, nameOrPath)))
  const catalogue = await listWorkflows()
  const entry = catalogue.find(({ name }) => name === nameOrPath)
  if (entry !== undefined) return entry
  throw new WorkflowUnknownError(
    nameOrPath,
    catalogue.map(({ name }) => name),
  )
}

import { takeWorkspace as insertWorkspace, selectWorkspaceUser } from './sql/workspace-table.ts'
import type { StoreContext } from './store-context.ts'
import { WorkspaceBusyError } from './store-error.ts'

/** Throws `WorkspaceBusyError` when a run that has not ended works there or waits to. */
export function assertWorkspaceFree({ database }: StoreContext, workspace: string): void {
  const user = database.row(selectWorkspaceUser, { workspace })
  if (user !== undefined) throw new WorkspaceBusyError(workspace, String(user['run_id']))
}

/** For a run that nobody is in the way of. */
export function takeWorkspace({ database }: StoreContext, workspace: string | null, runId: string): void {
  if (workspace !== null) database.run(insertWorkspace, { workspace, run_id: runId })
}

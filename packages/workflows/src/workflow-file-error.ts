/** Why a workflow file could not be read; `WORKFLOW_UNREADABLE` covers folders, devices and missing permissions. */
export type WorkflowFileErrorCode = 'WORKFLOW_NOT_FOUND' | 'WORKFLOW_TOO_LARGE' | 'WORKFLOW_UNREADABLE'

/** A workflow file that could not be read at all. */
export class WorkflowFileError extends Error {
  override readonly name = 'WorkflowFileError'
  readonly code: WorkflowFileErrorCode
  readonly file: string

  constructor(code: WorkflowFileErrorCode, file: string, why: string, options?: ErrorOptions) {
    super(`${file}: ${why}`, options)
    this.code = code
    this.file = file
  }
}

/** A workflow that neither the catalogue has nor a file. */
export class WorkflowUnknownError extends Error {
  override readonly name = 'WorkflowUnknownError'
  readonly code = 'WORKFLOW_UNKNOWN'
  readonly requested: string
  readonly known: readonly string[]

  constructor(requested: string, known: readonly string[]) {
    super(`No workflow ${JSON.stringify(requested)}: give ${known.join(', ') || 'a name'} or the path of a .yaml file`)
    this.requested = requested
    this.known = known
  }
}

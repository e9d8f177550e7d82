/** The path of a gate file, as a workflow gives it, does not lead to a place inside the run's folder of artifacts. */
export class GatePathError extends Error {
  override readonly name = 'GatePathError'
  readonly code = 'GATE_PATH_INVALID'
  /** As it was given. */
  readonly path: string

  constructor(path: string, why: string) {
    super(
      `The gate file ${JSON.stringify(path)} cannot be written: ${why}. ` +
        "Expected a relative path inside the run's folder of artifacts, such as gates/plan.json.",
    )
    this.path = path
  }
}

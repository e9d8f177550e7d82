/** What is wrong with one input of a run. */
export interface InputProblem {
  readonly input: string
  readonly message: string
}

/** The inputs that a run was given are not those that its workflow asks for. Thrown before anything runs. */
export class InputsError extends Error {
  override readonly name = 'InputsError'
  readonly code = 'WORKFLOW_INPUT_INVALID'
  readonly workflow: string
  /** Never empty. */
  readonly problems: readonly InputProblem[]

  constructor(workflow: string, problems: readonly InputProblem[]) {
    const lines = problems.map(({ input, message }) => `input ${JSON.stringify(input)}: ${message}`)
    super(`The inputs do not fit the workflow ${JSON.stringify(workflow)}: ${lines.join('; ')}`)
    this.workflow = workflow
    this.problems = problems
  }
}

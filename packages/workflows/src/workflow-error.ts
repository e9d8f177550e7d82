/** One thing that is wrong in a workflow file. */
export interface WorkflowProblem {
  /** Where in the document, such as `steps[2].agent`; empty for the document itself. */
  readonly path: string
  readonly message: string
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
}

/** `WORKFLOW_SYNTAX`: not readable as YAML. `WORKFLOW_INVALID`: readable, but not a workflow. */
export type WorkflowErrorCode = 'WORKFLOW_INVALID' | 'WORKFLOW_SYNTAX'

const MOST_SHOWN = 10

/** A workflow file whose text is wrong. The message lists the first ten problems, each with line and column. */
export class WorkflowError extends Error {
  override readonly name = 'WorkflowError'
  readonly code: WorkflowErrorCode
  readonly file: string
  /** Of the first problem. */
  readonly line: number
  /** Of the first problem. */
  readonly column: number
  /** In the order of the file; never empty. */
  readonly problems: readonly WorkflowProblem[]

  constructor(code: WorkflowErrorCode, file: string, problems: readonly WorkflowProblem[], options?: ErrorOptions) {
    super(describeProblems(file, problems), options)
    this.code = code
    this.file = file
    this.line = problems[0]?.line ?? 1
    this.column = problems[0]?.column ?? 1
    this.problems = problems
  }
}

function describeProblems(file: string, problems: readonly WorkflowProblem[]): string {
  const lines = problems
    .slice(0, MOST_SHOWN)
    .map(({ path, message, line, column }) => `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`)
  const hidden = problems.length - lines.length
  return lines.concat(hidden > 0 ? [`and ${hidden} more`] : []).join('\n')
}

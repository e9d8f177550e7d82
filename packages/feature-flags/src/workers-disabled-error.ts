import type { FlagEvaluation } from './flag-evaluation.ts'

/** A worker was asked for while the flag turns workers off. */
export class WorkersDisabledError extends Error {
  override readonly name = 'WorkersDisabledError'
  readonly code = 'WORKERS_DISABLED'
  readonly evaluation: FlagEvaluation

  constructor(evaluation: FlagEvaluation) {
    super(`Mode worker was asked for, but ${evaluation.reason}`)
    this.evaluation = evaluation
  }
}

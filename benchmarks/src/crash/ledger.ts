import type { Submission } from './schedule.ts'

export interface LedgerEntry extends Submission {
  /** `unknown`: the process that submitted it was killed, so either is right. */
  readonly accepted: 'yes' | 'unknown'
}

/** What the driver knows to have been accepted, apart from any store. */
export class Ledger {
  readonly #entries: Map<string, LedgerEntry> = new Map()

  note(submission: Submission, accepted: LedgerEntry['accepted']): void {
    this.#entries.set(submission.runId, { ...submission, accepted })
  }

  get entries(): readonly LedgerEntry[] {
    return [...this.#entries.values()]
  }
}

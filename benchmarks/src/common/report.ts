import type { Environment } from './environment.ts'
import type { Summary } from './summary.ts'

/** Everything that one run of a benchmark found; every table is made of this and nothing else. */
export interface Report {
  readonly name: string
  readonly title: string
  readonly environment: Environment
  /** How it was measured, for whoever wants to doubt it. */
  readonly method: string
  readonly sections: readonly Section[]
}

export type Section = Comparison | Grid | Remarks

/** Subjects beside a raw primitive that was measured in the same rounds. */
export interface Comparison {
  readonly kind: 'comparison'
  readonly title: string
  readonly unit: string
  /** The subject that the others are divided by; null where nothing is compared. */
  readonly baseline: string | null
  readonly note: string
  readonly subjects: readonly Subject[]
}

export interface Subject {
  readonly name: string
  readonly summary: Summary
}

/** Sentences that follow from the figures. */
export interface Remarks {
  readonly kind: 'remarks'
  readonly title: string
  readonly lines: readonly string[]
}

/** Several quantities, a row for each case. */
export interface Grid {
  readonly kind: 'grid'
  /** What of each is shown. @default 'median' */
  readonly figures?: 'median' | 'median / p99'
  readonly title: string
  readonly unit: string
  readonly corner: string
  readonly note: string
  readonly rows: readonly GridRow[]
}

export interface GridRow {
  readonly name: string
  /** By column; every row has the same columns in the same order. Null where there was nothing to measure. */
  readonly cells: Readonly<Record<string, Summary | null>>
}

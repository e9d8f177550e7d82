import type { Facts } from './base-scores.ts'
import type { HistoryScores } from './history-scores.ts'
import type { Links } from './links.ts'
import type { Manifest } from './manifest.ts'
import type { Query } from './query.ts'

/** Everything that was found out before files are ranked. */
export interface Findings {
  readonly facts: Facts
  readonly links: Links
  readonly history: HistoryScores
  readonly manifests: readonly Manifest[]
  readonly query: Query
}

/** What the planner found out about a prompt and a folder, and what it proposes. */
export interface Plan {
  /** Version of this form. */
  readonly version: 1
  readonly runId: string
  readonly prompt: PlanPrompt
  /** `structure` when nothing in the folder has to do with the prompt: the files are then only where to begin reading. */
  readonly basis: 'prompt' | 'structure'
  readonly summary: string
  /** Best first. */
  readonly files: readonly PlanFile[]
  readonly steps: readonly PlanStep[]
  readonly risks: readonly PlanRisk[]
  readonly complexity: PlanComplexity
  readonly statistics: PlanStatistics
  /** The only part that differs between two plans of the same folder and prompt. */
  readonly timings: PlanTimings
}

export interface PlanPrompt {
  /** Its beginning, at most 2,000 characters. */
  readonly text: string
  readonly characters: number
  /** Whether only a part of it was looked for. */
  readonly truncated: boolean
  /** What was looked for, the weightiest first; at most 40. */
  readonly words: readonly string[]
}

export interface PlanFile {
  /** 1 for the best. */
  readonly rank: number
  /** Relative to the folder, with `/`. */
  readonly path: string
  readonly kind: 'source' | 'test' | 'document' | 'configuration' | 'data'
  /** From 0 to 1, beside the best file's 1. */
  readonly score: number
  /** Whether the work is likely to touch it; the others are near it. */
  readonly relevant: boolean
  readonly reasons: readonly PlanReason[]
  /** Names declared in it that the prompt says. */
  readonly symbols: readonly string[]
  /** Tests named after it. */
  readonly tests: readonly string[]
  /** How many files import it. */
  readonly importers: number
  /** How many of the commits looked at changed it. */
  readonly changes: number
}

export type PlanReasonKind =
  | 'mention'
  | 'structure'
  | 'path'
  | 'symbol'
  | 'content'
  | 'imports'
  | 'imported-by'
  | 'test-of'
  | 'tested-by'
  | 'changed-with'
  | 'beside'
  | 'subject'
  | 'history'

export interface PlanReason {
  readonly kind: PlanReasonKind
  /** A sentence in Markdown. */
  readonly text: string
  readonly words: readonly string[]
  readonly files: readonly string[]
}

export interface PlanStep {
  readonly number: number
  readonly kind: 'clarify' | 'read' | 'reproduce' | 'change' | 'check' | 'test' | 'document' | 'run'
  /** A sentence in Markdown. */
  readonly title: string
  readonly details: readonly string[]
  readonly files: readonly string[]
  readonly commands: readonly string[]
}

export interface PlanRisk {
  readonly kind: 'no-match' | 'untested' | 'hot' | 'dependents' | 'skipped' | 'partial' | 'history' | 'spread'
  readonly text: string
  readonly files: readonly string[]
}

export interface PlanComplexity {
  /** From 0 to 1. */
  readonly score: number
  readonly label: 'low' | 'medium' | 'high'
  readonly reasons: readonly string[]
}

export interface PlanStatistics {
  /** Files met by the walk, skipped ones included; what is in a skipped folder is not met. */
  readonly seen: number
  readonly read: number
  /** Bytes of text read. */
  readonly bytes: number
  /** Files of which only the beginning was read. */
  readonly truncated: number
  /** Files ranked by their path alone. */
  readonly pathOnly: number
  /** By reason; a skipped folder counts once. */
  readonly skipped: Readonly<Record<string, { readonly count: number; readonly examples: readonly string[] }>>
  /** Commits looked at; null when there is no history, and `historyNote` says why. */
  readonly commits: number | null
  readonly historyNote: string | null
}

/** Milliseconds. */
export interface PlanTimings {
  readonly inventoryMs: number
  readonly readingMs: number
  readonly historyMs: number
  readonly rankingMs: number
  readonly totalMs: number
}

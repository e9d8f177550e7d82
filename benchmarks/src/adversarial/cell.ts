import type { Outcome } from '@mayfly/supervisor'

/** How far the process of a cell has come; it reports each as it is reached. */
export const stages = [
  'born',
  'opened',
  'warmed',
  'submitted',
  'settled',
  'continued',
  'looked',
  'closed',
  'leaving',
] as const
export type Stage = (typeof stages)[number]

/** What the caller of the dangerous task saw. */
export interface Answer {
  readonly kind: 'value' | 'error' | 'lost'
  /** A value or a message, shortened. */
  readonly text: string
  readonly name?: string
  readonly code?: string
  readonly afterMs: number
  readonly outcome?: Pick<Outcome, 'status' | 'cause' | 'phase' | 'wedged' | 'exitCode' | 'signal'>
}

export interface NextTask {
  readonly isFine: boolean
  readonly text: string
  readonly afterMs: number
}

/** What is in the process that was not there before, a second after the next task. */
export interface LeftInside {
  /** Names of threads. */
  readonly threads: readonly string[]
  /** Kinds of file descriptors. */
  readonly fds: readonly string[]
  readonly port: boolean
  /** Child processes that are still there, although its pool has not been closed yet. */
  readonly processes: number
}

/** What the process of a cell says about itself; parts that it did not come to are missing. */
export interface CellReport {
  readonly stage: Stage
  /** The pool could not be made, or failed at a harmless task. */
  readonly startError?: string
  readonly answer?: Answer
  readonly longestStallMs?: number
  readonly next?: NextTask
  readonly left?: LeftInside
  readonly closedInMs?: number | null
}

/** How the process of a cell came to its end, as seen from outside. */
export interface CellEnd {
  readonly how: 'left' | 'died' | 'hang' | 'memory-cap'
  readonly exitCode: number | null
  readonly signal: string | null
  /** It had to be killed after it had said that it leaves. */
  readonly isExitStuck: boolean
  readonly afterMs: number
  readonly peakResidentMb: number
  /** The last of what it wrote to stderr, when it died. */
  readonly lastWords?: string
}

export interface CellRecord {
  readonly subject: string
  readonly task: string
  /** What was tried, in short; null outside a git repository. Records of several runs may stand together. */
  readonly commit: string | null
  /** It was late at first, beside another cell, and is what it is here alone. */
  readonly isSecondTry?: true
  readonly report: Partial<CellReport>
  readonly end: CellEnd
  /** Command lines of processes that were there after it had gone. */
  readonly processesLeft: readonly string[]
}

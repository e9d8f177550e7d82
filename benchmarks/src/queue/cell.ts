/** What one process is to do. */
export type Cell =
  /** To have so many tasks waiting, and to get rid of them. */
  | { readonly what: 'waiting'; readonly kind: WaitingKind; readonly tasks: number }
  /** To run so many, submitted at once by 50 callers. */
  | { readonly what: 'load'; readonly tasks: number; readonly seed: number }

export type WaitingKind = 'plain' | 'run' | 'keyed' | 'timed'

export interface WaitingResult {
  /** Of the heap after a full collection, what each task takes while it waits. */
  readonly bytesPerTask: number
  /** Microseconds for each call. */
  readonly submitUs: number
  readonly cancelUs: number
  readonly metricsUs: number
  /** Of `destroy()`, for each task that waited. */
  readonly destroyUs: number
}

export interface LoadResult {
  readonly tasksPerSecond: number
  /** Raw Workers that do nothing, as many at a time, before it and after it: what the machine can do in these minutes. */
  readonly rawPerSecond: number
  /** MB of the heap after a full collection: when all are submitted, and when all have settled and nothing holds them. */
  readonly heapFullMb: number
  readonly heapAfterMb: number
  /** MB of the whole process, its threads included. */
  readonly peakResidentMb: number
}

export type CellResult = WaitingResult | LoadResult

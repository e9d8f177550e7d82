/** What one process is to do: so many prompts of one kind, one after the other, in one mode. */
export interface Cell {
  readonly mode: 'legacy' | 'worker'
  readonly prompt: string
  readonly times: number
  /** Where it works; a folder that only it uses. */
  readonly folder: string
}

/** Megabytes (MiB). */
export interface CellResult {
  /** Of the main thread's heap, garbage included, as sampled every few milliseconds. */
  readonly peakHeap: number
  /** What the session's record says of the task's worker; null in legacy mode. */
  readonly workerPeakHeap: number | null
  /** Of the whole process, its threads included, over its life. */
  readonly peakResident: number
  /** Of the main thread's heap after a full collection: before the first prompt, and when everything is closed after the last one. */
  readonly heapBefore: number
  readonly heapAfter: number
  /** Of the whole process, a second after that collection. */
  readonly residentAfter: number
}

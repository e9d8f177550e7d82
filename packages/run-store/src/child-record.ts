/** A child process that a session started. */
export interface ChildRecord {
  readonly sessionId: string
  readonly pid: number
  /** Clock ticks from the kernel's boot to its start, which tells it from a later process with its pid; `null` where unknown. */
  readonly processStarted: number | null
  /** Whether it leads a process group that is to end with it. */
  readonly leadsGroup: boolean
}

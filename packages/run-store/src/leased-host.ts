import type { Host } from './host.ts'

/** A host with its lease, whose times are of the machine's monotonic clock. */
export interface LeasedHost extends Host {
  /** In milliseconds; `null` for a host that has nothing to lose and so needs no lease. */
  readonly leaseUntil: number | null
  readonly leaseMs: number | null
  /** When its lease was last renewed, in whole milliseconds since the epoch; `null` when it never had one. */
  readonly renewedAt: number | null
}

/** The thread that renews may need this long to start on a busy machine, in milliseconds; the first lease is longer by it. */
export const START_ALLOWANCE_MS = 2000

export function isLeaseOver({ leaseUntil, leaseMs }: LeasedHost, now: number): boolean {
  if (leaseUntil === null) return false
  // Later than any lease can end: it was taken before the machine booted.
  return leaseUntil < now || leaseUntil > now + (leaseMs ?? 0) + START_ALLOWANCE_MS
}

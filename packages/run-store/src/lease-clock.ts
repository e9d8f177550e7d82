/**
 * Milliseconds of the machine's monotonic clock, the same for all its processes. Nobody can set it, and it stands
 * still while the machine sleeps: waking up, no host has lost its lease.
 */
export function monotonicNow(): number {
  return Number(process.hrtime.bigint() / 1_000_000n)
}

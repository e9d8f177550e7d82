/**
 * Milliseconds of the system's monotonic clock. `process.hrtime` reads the same clock in every thread and, on Linux, in
 * every process; `performance.now()` starts anew in each.
 */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6

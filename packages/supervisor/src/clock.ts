/** Time as an argument, so that tests of the state machine never sleep. */
export interface Clock {
  /** Milliseconds since the epoch, never going backwards. */
  now(): number
  /** Calls back once after `delayMs`; returns what cancels it. */
  setTimer(delayMs: number, callback: () => void): () => void
}

/** Above it `setTimeout` fires at once; a task of more than 24 days must not time out in its first millisecond. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimer(delayMs, callback) {
    let timer: NodeJS.Timeout
    const arm = (remainingMs: number): void => {
      const slice = Math.min(remainingMs, LONGEST_TIMEOUT_MS)
      timer = setTimeout(() => (remainingMs > slice ? arm(remainingMs - slice) : callback()), slice)
    }
    arm(delayMs)
    return () => clearTimeout(timer)
  },
}

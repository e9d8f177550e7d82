/** Time as an argument, so that tests of the state machine never sleep. */
export interface Clock {
  /** Milliseconds since the epoch, never going backwards. */
  now(): number
  /** Calls back once after `delayMs`; returns what cancels it. */
  setTimer(delayMs: number, callback: () => void): () => void
}

/** Above it `setTimeout` fires at once; a task of more than 24 days must not time out in its first millisecond. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

/**
 * What has arrived is heard before a timer acts on its absence: a process that was held up meets its timers first and reads
 * its messages afterwards, and would end a healthy worker for a silence that was its own deafness.
 */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimer(delayMs, callback) {
    let timer: NodeJS.Timeout
    let reading: NodeJS.Immediate | undefined
    const fire = (): void => {
      reading = setImmediate(callback)
    }
    const arm = (remainingMs: number): void => {
      const slice = Math.min(remainingMs, LONGEST_TIMEOUT_MS)
      timer = setTimeout(() => (remainingMs > slice ? arm(remainingMs - slice) : fire()), slice)
    }
    arm(delayMs)
    return () => {
      clearTimeout(timer)
      clearImmediate(reading)
    }
  },
}

import { setTimeout as delay } from 'node:timers/promises'
import type { Timing } from './timed-task.ts'

/** One way to run a task that notes its first line. */
export interface Subject {
  readonly name: string
  /** False where a worker that has run one task runs the next one too. */
  readonly isolates: boolean
  /** It has a queue: it may be given more tasks than it has workers. */
  readonly queues: boolean
  /** Resolves to the task's own figures when its caller has them. */
  run(): Promise<Timing>
  /** Resolves when the place is free for the next one, where it is not free with the result. */
  settled?(): Promise<void>
  close(): Promise<unknown>
}

export const nothingToClose = async (): Promise<void> => {}

const CLOSE_TIMEOUT_MS = 5000

/** One that does not say that it is closed (poolifier 5.3 on Node 26) does not hold up the others. */
export const closeAll = async (subjects: readonly Subject[]): Promise<void> => {
  const isLate = new AbortController()
  const late = delay(CLOSE_TIMEOUT_MS, undefined, { signal: isLate.signal }).catch(() => {})
  await Promise.race([Promise.allSettled(subjects.map((subject) => subject.close())), late])
  isLate.abort()
}

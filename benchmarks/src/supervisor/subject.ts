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

import type { Envelope, SupervisorMessage, WorkerMessage } from '../messages/messages.ts'
import type { Transferable } from '../tiers/transport.ts'

/** The worker's end of the wire, as its tier makes it. */
export interface WorkerPort {
  /**
   * `transfer`: memory to be moved instead of copied, where that is possible.
   * @throws DataCloneError when the message cannot be cloned.
   */
  post(message: Envelope<WorkerMessage>, transfer?: readonly Transferable[]): void
  /**
   * The value as it will arrive.
   * @throws DataCloneError when it cannot be cloned.
   */
  clone(value: unknown): unknown
  /** Called once. */
  listen(listener: (message: SupervisorMessage) => void): void
  /** What has arrived and was not heard yet, for a task that never yields to its event loop. */
  takeWaiting(): Iterable<SupervisorMessage>
}

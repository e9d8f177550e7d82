import type { JsonValue } from './json-value.ts'

/** Something that happened, in the order in which the store was told: ids only grow. */
export interface EventRecord {
  readonly id: number
  readonly runId: string | null
  readonly sessionId: string | null
  /** Whole milliseconds since the epoch, by the store's clock. */
  readonly at: number
  readonly type: string
  readonly data: JsonValue
}

/** An event to append; id and time are the store's. */
export type NewEvent = Omit<EventRecord, 'id' | 'at'>

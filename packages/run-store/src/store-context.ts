import type { OwnHost } from './own-host.ts'
import type { QueueWriter } from './queue-writer.ts'
import type { RecordWriter } from './record-writer.ts'
import type { Durability } from './sql/pragmas.ts'
import type { StoreDatabase } from './store-database.ts'

/** What everything that reads and writes a store works with. */
export interface StoreContext {
  readonly database: StoreDatabase
  readonly records: RecordWriter
  readonly queue: QueueWriter
  readonly host: OwnHost
  readonly now: () => number
}

/** One transaction that writes; refused with `STORE_FENCED` once others have taken over. */
export function write<T>({ database, host }: StoreContext, work: () => T, durability?: Durability): T {
  return database.transaction(() => {
    host.assertLive()
    return work()
  }, durability)
}

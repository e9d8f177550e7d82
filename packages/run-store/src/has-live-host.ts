import { isHostAlive } from './host.ts'
import { monotonicNow } from './lease-clock.ts'
import { isLeaseOver } from './leased-host.ts'
import { leasedHostTable, selectLastLiveHost } from './sql/host-table.ts'
import type { StoreContext } from './store-context.ts'

/** Not only what the store says: nobody may have looked at it since the process died. */
export function hasLiveHost({ database }: StoreContext, runId: string): boolean {
  const [host] = database.list(leasedHostTable, selectLastLiveHost, { run_id: runId })
  return host !== undefined && isHostAlive(host) && !isLeaseOver(host, monotonicNow())
}

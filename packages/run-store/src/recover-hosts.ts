import { type Host, isHostAlive } from './host.ts'
import { interruptHost } from './interrupt-host.ts'
import type { RunRecord } from './run-record.ts'
import { deleteIdleHost, hostTable, selectOtherHosts } from './sql/host-table.ts'
import type { StoreDatabase } from './store-database.ts'

/**
 * Ends what dead processes left behind; returns their runs, oldest first. When several processes recover at one time,
 * each run is returned to exactly one of them. Takes the write lock only when some process is dead.
 */
export function recoverHosts(database: StoreDatabase, ownBootId: string, at: number): readonly RunRecord[] {
  const dead = database.list(hostTable, selectOtherHosts, { boot_id: ownBootId }).filter((host) => !isHostAlive(host))
  if (dead.length === 0) return []
  const recovered = database.transaction(() => dead.flatMap((host) => bury(database, host, at)))
  return recovered.sort((one, other) => one.createdAt - other.createdAt)
}

function bury(database: StoreDatabase, { bootId, pid }: Host, at: number): readonly RunRecord[] {
  const message = `Process ${pid}, which ran it, is gone without having finished it.`
  const interrupted = interruptHost(database, {
    bootId,
    at,
    error: { name: 'RunInterruptedError', message, code: 'HOST_LOST' },
    sessionStatus: 'lost',
    sessionCause: 'host_lost',
  })
  database.run(deleteIdleHost, { boot_id: bootId })
  return interrupted
}

import { parentPort, workerData } from 'node:worker_threads'
import { monotonicNow } from './lease-clock.ts'
import { LEASE_PHASE, type LeaseControl, type LeaseOrder, leaseControl } from './lease-control.ts'
import { loadSqlite } from './load-sqlite.ts'
import { renewLease } from './sql/host-table.ts'
import { lightWriter } from './sql/pragmas.ts'

/* The thread that renews one host's lease, with a connection of its own: however busy the main thread is, the lease holds. */

/**
 * How long a renewal waits for another writer, in milliseconds. A thread in this wait cannot be ended, so `process.exit()`
 * may be held up for as long.
 */
const BUSY_MS = 100

const say = (message: LeaseMessage): void => parentPort?.postMessage(message)

/** `fenced`: the host was taken for lost. `trouble`: a renewal failed; the next is tried soon. */
export type LeaseMessage = { readonly type: 'fenced' } | { readonly type: 'trouble'; readonly message: string }

/** Imported by anyone else, it does nothing: there is no order then. */
const order = workerData as LeaseOrder | null
if (order?.control instanceof SharedArrayBuffer) follow(order)

function follow(given: LeaseOrder): void {
  const control = leaseControl(given.control)
  if (!control.enter(LEASE_PHASE.starting, LEASE_PHASE.open)) return
  try {
    keepLease(given, control)
  } finally {
    control.set(LEASE_PHASE.closed)
  }
}

function keepLease(order: LeaseOrder, control: LeaseControl): void {
  const { DatabaseSync } = loadSqlite()
  using connection = new DatabaseSync(order.path, { timeout: BUSY_MS })
  connection.exec(lightWriter)
  const statement = connection.prepare(renewLease)
  const { bootId, leaseMs } = order
  const renew = (): boolean => {
    const lease = { lease_until: monotonicNow() + leaseMs, lease_ms: leaseMs, renewed_at: Date.now() }
    return statement.run({ boot_id: bootId, ...lease }).changes > 0
  }
  for (let pause = 0; control.waitToStop(pause) === false; ) {
    try {
      if (!renew()) return say({ type: 'fenced' })
      pause = order.leaseMs / 3
    } catch (error) {
      // Locked or full for the moment, perhaps: the lease says how long that may last.
      say({ type: 'trouble', message: String(error) })
      pause = order.leaseMs / 20
    }
  }
}

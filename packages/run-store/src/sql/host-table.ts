import type { Host } from '../host.ts'
import { type LeasedHost, START_ALLOWANCE_MS } from '../leased-host.ts'
import { integer, nullable, real, text } from './column.ts'
import { columnList, insertInto, type Table } from './table.ts'

export const hostTable: Table<Host> = {
  name: 'hosts',
  columns: {
    bootId: text,
    pid: integer,
    processStarted: nullable(integer),
    kernelBootId: nullable(text),
    pidNamespace: nullable(text),
    openedAt: integer,
  },
}

export const leasedHostTable: Table<LeasedHost> = {
  name: 'hosts',
  columns: {
    ...hostTable.columns,
    leaseUntil: nullable(real),
    leaseMs: nullable(integer),
    renewedAt: nullable(integer),
  },
}

export const insertHost: string = insertInto(hostTable)
export const selectHostState = 'SELECT state FROM hosts WHERE boot_id = :boot_id'
export const selectOtherHosts: string = `SELECT ${columnList(leasedHostTable)} FROM hosts
  WHERE state = 'live' AND boot_id <> :boot_id`
export const selectLiveHosts: string = `SELECT ${columnList(leasedHostTable)} FROM hosts WHERE state = 'live'`

/** Of the last attempt of a run, or of the run when it never had one. */
export const selectLastLiveHost: string = `SELECT ${columnList(leasedHostTable)} FROM hosts
  WHERE state = 'live' AND boot_id = coalesce(
    (SELECT boot_id FROM sessions WHERE run_id = :run_id ORDER BY coalesce(ended_at, created_at) DESC, sequence DESC LIMIT 1),
    (SELECT boot_id FROM runs WHERE run_id = :run_id))`

export const takeLease = `UPDATE hosts SET lease_until = :lease_until, lease_ms = :lease_ms, renewed_at = :renewed_at
  WHERE boot_id = :boot_id`
/**
 * Changes nothing once the host was taken for lost: that is how the lease's thread hears of it. As whole as the first lease,
 * which a transaction that came to nothing may have taken back.
 */
export const renewLease: string = `${takeLease} AND state = 'live'`

/** `IS`: a host that has renewed since it was looked at is not lost. */
export const loseHost = `UPDATE hosts SET state = 'lost', lease_until = NULL
  WHERE boot_id = :boot_id AND state = 'live' AND (:is_dead OR lease_until IS :lease_until)`

/** A host that leaves something unfinished stays: whoever recovers has to find it. */
export const closeHost = `UPDATE hosts SET state = 'closed', lease_until = NULL
  WHERE boot_id = :boot_id AND state = 'live'
    AND NOT EXISTS (SELECT 1 FROM queue WHERE held_by = :boot_id)
    AND NOT EXISTS (SELECT 1 FROM sessions WHERE boot_id = :boot_id AND status IN ('queued', 'running'))
    AND NOT EXISTS (SELECT 1 FROM runs WHERE boot_id = :boot_id AND status IN ('queued', 'running')
      AND NOT EXISTS (SELECT 1 FROM queue WHERE queue.run_id = runs.run_id))`

const ownsNothing = `NOT EXISTS (SELECT 1 FROM runs WHERE runs.boot_id = hosts.boot_id)
  AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.boot_id = hosts.boot_id)
  AND NOT EXISTS (SELECT 1 FROM queue WHERE queue.held_by = hosts.boot_id)`

/** Hosts that own nothing tell nothing: without this, every opening of the store would leave a row for ever. */
export const deleteIdleHost: string = `DELETE FROM hosts WHERE boot_id = :boot_id AND state <> 'live' AND ${ownsNothing}`
export const deleteIdleHosts: string = `DELETE FROM hosts WHERE state <> 'live' AND ${ownsNothing}`

/**
 * Whether what a host has claimed still counts. A lease that ends later than any lease can is of another boot of a machine that
 * does not tell its boots apart.
 */
export const isLeaseGood: string = `(h.state = 'live' AND h.kernel_boot_id IS :kernel_boot_id
  AND (h.lease_until IS NULL OR h.lease_until BETWEEN :monotonic AND :monotonic + h.lease_ms + ${START_ALLOWANCE_MS}))`

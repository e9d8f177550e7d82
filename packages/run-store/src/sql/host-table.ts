import type { Host } from '../host.ts'
import { integer, nullable, text } from './column.ts'
import { columnList, insertInto, type Table } from './table.ts'

export const hostTable: Table<Host> = {
  name: 'hosts',
  columns: {
    bootId: text,
    pid: integer,
    processStarted: nullable(integer),
    kernelBootId: nullable(text),
    openedAt: integer,
  },
}

export const insertHost: string = insertInto(hostTable)
export const selectOtherHosts: string = `SELECT ${columnList(hostTable)} FROM hosts WHERE boot_id <> :boot_id`

/** Hosts that own nothing tell nothing: without this, every opening of the store would leave a row for ever. */
export const deleteIdleHost: string = `DELETE FROM hosts WHERE boot_id = :boot_id
  AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.boot_id = hosts.boot_id)
  AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.boot_id = hosts.boot_id)`

import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { scratchFolder } from './fixtures/scratch.ts'
import { currentHost } from './host.ts'
import { openDatabase } from './open-database.ts'
import { hostTable, insertHost, selectOtherHosts } from './sql/host-table.ts'
import type { StoreDatabase } from './store-database.ts'

function databaseAt(path: string): StoreDatabase {
  const database = openDatabase({ path, busyTimeoutMs: 0 }, false)
  onTestFinished(() => database.close())
  return database
}

const hosts = (database: StoreDatabase): number => database.list(hostTable, selectOtherHosts, { boot_id: '' }).length

test('a transaction has the write lock from its start, so that what it read stays true', () => {
  const path = join(scratchFolder(), 'store.db')
  const [one, other] = [databaseAt(path), databaseAt(path)]
  one.transaction(() => {
    expect(() => other.transaction(() => {})).toThrow(expect.objectContaining({ code: 'STORE_LOCKED', path }))
  })
  expect(other.transaction(() => 'free again')).toBe('free again')
})

test('a transaction that throws leaves nothing behind, and the next one works', () => {
  const database = databaseAt(join(scratchFolder(), 'store.db'))
  const save = (): number => database.save(hostTable, insertHost, currentHost(1))
  expect(() =>
    database.transaction(() => {
      save()
      throw new RangeError('the caller’s own')
    }),
  ).toThrow(RangeError)
  expect(hosts(database)).toBe(0)
  database.transaction(save, 'light')
  expect(hosts(database)).toBe(1)
})

import { expect, test } from 'vitest'
import { UnmarkedProcesses } from './unmarked-processes.ts'

const looks = (times: readonly number[]): boolean[] => {
  const unmarked = new UnmarkedProcesses()
  return times.map((now) => {
    unmarked.keepOnly([7])
    const isKnown = unmarked.isKnown(7, now)
    if (!isKnown) unmarked.add(7, now)
    return isKnown
  })
}

test('a process is read again as long as it may yet become what its parent starts, then once a second', () => {
  expect(looks([0, 50, 99, 100, 999, 1000, 1001, 1899, 1900])).toEqual([
    ...[false, false, false, true, true],
    ...[false, true, true, false],
  ])
})

test('one that has gone is forgotten: its number may be another’s', () => {
  const unmarked = new UnmarkedProcesses()
  unmarked.add(7, 0)
  unmarked.keepOnly([8])
  expect(unmarked.isKnown(7, 500)).toBe(false)
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

/** Every door of every package, as the repository declares them. */
const doors = JSON.parse(readFileSync('doors.json', 'utf8'))
const importDoor = (door) => (door.endsWith('.json') ? import(door, { with: { type: 'json' } }) : import(door))
const isMainDoor = (door) => door.split('/').length === 2

test('there are doors to try', () => assert.notEqual(doors.length, 0))

for (const door of doors)
  test(`${door} can be imported`, async () => {
    const exported = Object.keys(await importDoor(door))
    // A second door may be there for its types or for what it does; a main door that exports nothing was built from nothing.
    if (isMainDoor(door)) assert.notEqual(exported.length, 0)
  })

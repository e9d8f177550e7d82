import { expect, test } from 'vitest'
import { exampleMatrix, exampleRecord } from './example-matrix.ts'
import { formatMatrix, mergeMatrices, mergeRecords } from './matrix.ts'

test('a later record replaces that of the same cell, the others stay, and all are in order', () => {
  const old = [
    exampleRecord({ subject: 'piscina', task: 'spin' }),
    exampleRecord({ task: 'spin' }),
    exampleRecord({ task: 'a task of former times' }),
  ]
  const later = { ...exampleRecord({ task: 'spin' }), commit: 'later' }
  const added = exampleRecord({ task: 'exit-0' })
  expect(mergeRecords(old, [later, added])).toEqual([added, later, old[0]])
})

test('a run of some subjects keeps what is known of the others', () => {
  const earlier = { ...exampleMatrix, versions: { piscina: '5.0.0', tinypool: '2.0.0' } }
  const later = { ...exampleMatrix, seed: 8, versions: { piscina: '5.1.0' }, records: [] }
  expect(mergeMatrices(earlier, later)).toEqual({
    ...earlier,
    seed: 8,
    versions: { piscina: '5.1.0', tinypool: '2.0.0' },
  })
})

test('a matrix is JSON with a line for each record', () => {
  const text = formatMatrix(exampleMatrix)
  expect(JSON.parse(text)).toEqual(exampleMatrix)
  expect(text.split('\n').filter((line) => line.includes('"subject"'))).toHaveLength(exampleMatrix.records.length)
})

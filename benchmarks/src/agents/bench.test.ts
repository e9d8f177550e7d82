import { describe, expect, it } from 'vitest'
import { makeScratch } from '../common/scratch.ts'
import { measureCalls, measureCancelling, measureModules, measureStreams } from './bench.ts'

describe('the agents benchmark', () => {
  it('measures calls beside the program alone', async () => {
    await using scratch = await makeScratch()
    const { subjects } = await measureCalls(scratch.folder, 2)
    expect(subjects.map(({ name, summary }) => [name, summary.count])).toEqual([
      ['the program alone', 2],
      ['as a client', 2],
      ['as a command', 2],
    ])
  })

  it('reads streams in processes of their own, whose heap does not grow with them', async () => {
    await using scratch = await makeScratch()
    const { rows } = await measureStreams(scratch.folder, 128 * 1024 ** 2, 1)
    expect(rows).toHaveLength(6)
    for (const { cells } of rows) expect(cells['MB/s']?.median).toBeGreaterThan(0)
    for (const { cells } of rows) expect(cells['peak heap, MB']?.median).toBeLessThan(64)
  })

  it('starts modules in every kind of worker', async () => {
    await using scratch = await makeScratch()
    const { rows } = await measureModules(scratch.folder, 2)
    expect(rows.map(({ name }) => name)).toEqual(['in a thread', 'in a process', 'kept to "read"', 'kept to "edit"'])
    for (const { cells } of rows) expect(cells['start, ms']?.median).toBeGreaterThan(0)
  })

  it('finds nothing left of a client that was cancelled', async () => {
    await using scratch = await makeScratch()
    const { subjects } = await measureCancelling(scratch.folder, 1)
    expect(subjects.map(({ summary }) => summary.count)).toEqual([1, 1])
  })
})
